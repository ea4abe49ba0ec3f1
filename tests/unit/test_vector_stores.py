"""Every store keeps the same promises: one set of tests for all that can run here, each a real one.

Weaviate has no server on PyPI: its tests run where WEAVIATE_TEST_URL names one (`weaviate://host:8080`).
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery
from postgres_server import Server, _free_port, running_server

from demo_lib.errors import DemoError, UsageError
from demo_lib.llm.endpoints import SIGNS
from demo_lib.retrieval import filling
from demo_lib.retrieval.catalog import Catalog, Column, Table
from demo_lib.retrieval.documents import documents
from demo_lib.retrieval.embedder import Embedder, HashedNgrams
from demo_lib.retrieval.index import TableIndex, open_index
from demo_lib.retrieval.stores import StoreError, VectorStore, explained, open_store
from demo_lib.settings import DATA_DIR, Settings

QUESTIONS = ["How much rent do we pay for our stores?", "Which campaigns had the most leads?", "sales by region"]
KINDS = ["memory", "chroma on disk", "chroma server", "pgvector", "qdrant on disk", "weaviate"]
OUTLIVES_THE_PROCESS = [kind for kind in KINDS if kind != "memory"]


@pytest.fixture(scope="module")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_run(tmp_path_factory.mktemp("chroma")) as (url, _):
        yield url


class chroma_run:
    """`chroma run` over a folder, on a free port; as a context it gives its URL and its process."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.port = port or _free_port()
        program = Path(sys.executable).with_name("chroma")
        command = [program, "run", "--path", folder, "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> tuple[str, subprocess.Popen[bytes]]:
        end = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/api/v2/heartbeat").raise_for_status()
                return f"chroma://127.0.0.1:{self.port}", self.process
            except httpx.HTTPError:
                assert self.process.poll() is None and time.monotonic() < end, "chroma run did not start"
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store of this kind is; without indexes."""
    match request.param:
        case "memory":
            found = "memory"
        case "chroma on disk":
            return f"chroma:///{tmp_path}/chroma"
        case "qdrant on disk":
            return f"qdrant:///{tmp_path}/qdrant"
        case "chroma server":
            found = request.getfixturevalue("chroma_server")
        case "pgvector":
            found = request.getfixturevalue("postgres").url()
        case _:
            found = os.environ.get("WEAVIATE_TEST_URL", "")
            if not found:
                pytest.skip("no Weaviate server here: WEAVIATE_TEST_URL names none")
    store = open_store(found)
    for name in store.indexes():
        store.drop(name)
    return found


@pytest.fixture
def store(url: str) -> Iterator[VectorStore]:
    opened = open_store(url)
    yield opened
    opened.close()


every_store = pytest.mark.parametrize("url", KINDS, indirect=True)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.from_file(DATA_DIR / "catalog.yaml")


class Counting:
    """The offline embedder, counting the texts that it was given, and failing after some."""

    def __init__(self, fail_after: int | None = None) -> None:
        self.texts, self.fail_after = 0, fail_after

    def embedder(self, name: str = "hashed-char-ngrams-2") -> Embedder:
        return Embedder(model_name=name, vectors_of=self.vectors)

    def vectors(self, texts: list[str]) -> list[list[float]]:
        self.texts += len(texts)
        if self.fail_after is not None and self.texts > self.fail_after:
            raise RuntimeError("the power went out")
        return HashedNgrams().vectors_of(texts)


@every_store
def test_the_same_tables_are_found_in_every_store(store: VectorStore, catalog: Catalog) -> None:
    here, in_memory = TableIndex(catalog, store=store), TableIndex(catalog)
    for question in QUESTIONS:
        found, expected = here.search(question, k=5), in_memory.search(question, k=5)
        assert found[0].table == expected[0].table
        assert len({h.table for h in found} & {h.table for h in expected}) >= 4  # similarities differ in scale
        assert any("vectors" in h.why for h in found)


@every_store
def test_a_scope_keeps_the_search_inside(store: VectorStore, catalog: Catalog) -> None:
    index = TableIndex(catalog, store=store)
    scope = {"leads", "campaigns", "sales", "regions", "employees", "suppliers"}
    hits = index.search("Which campaigns had the most leads?", k=4, within=scope)
    assert {h.table for h in hits} <= scope and {h.table for h in hits[:2]} == {"campaigns", "leads"}
    assert "vectors" in hits[0].why


@pytest.mark.parametrize("url", OUTLIVES_THE_PROCESS, indirect=True)
def test_an_index_outlives_its_process_and_is_not_made_twice(url: str, catalog: Catalog) -> None:
    command = [sys.executable, "-m", "demo_lib", "tables", "sales", "--catalog", str(DATA_DIR / "catalog.yaml")]
    child = subprocess.run(command, env=os.environ | {"DEMO_VECTOR_STORE": url}, capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    counting, store = Counting(), open_store(url)
    assert TableIndex(catalog, store=store, embedder=counting.embedder()).search("employees", k=1)
    assert counting.texts == 2  # how long a vector is, and the question
    assert len(store.indexes()) == 1
    store.close()


@every_store
def test_another_catalogue_or_embedder_has_another_index(store: VectorStore, catalog: Catalog) -> None:
    TableIndex(catalog, store=store)
    changed = Catalog(catalog.tables | {"moons": Table("moons", (Column("id", "INTEGER"),))})
    assert TableIndex(changed, store=store).search("moons", k=1)[0].table == "moons"
    TableIndex(catalog, store=store, embedder=Counting().embedder("another"))
    assert len(store.indexes()) == 3
    assert "moons" not in {h.table for h in TableIndex(catalog, store=store).search("moons", k=5)}


@every_store
def test_an_index_that_was_cut_short_is_never_used(
    store: VectorStore, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", 50)
    with pytest.raises(StoreError, match="the power went out"):
        TableIndex(catalog, store=store, embedder=Counting(fail_after=101).embedder())
    (half,) = store.indexes()
    assert store.count(half) == 100
    index = TableIndex(catalog, store=store)
    assert store.indexes() == [half] and store.count(half) == len(catalog.tables)
    last = list(catalog.tables)[-1]
    assert index.search(last.replace("_", " "), k=1)[0].table == last


@pytest.mark.parametrize(("terminal", "batch", "shown"), [(True, 50, True), (False, 50, False), (True, 1000, False)])
def test_a_large_index_has_a_progress_bar_where_somebody_looks(
    terminal: bool, batch: int, shown: bool, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(stderr, "isatty", lambda: terminal)
    monkeypatch.setattr(filling, "BATCH", batch)
    monkeypatch.setattr("sys.stderr", stderr)
    TableIndex(catalog, store=open_store(f"chroma:///{tmp_path.as_posix()}"))  # in memory it may be there already
    assert ("Indexing" in stderr.getvalue() and "122/122" in stderr.getvalue()) is shown


@every_store
def test_what_was_deleted_is_gone_and_made_again(store: VectorStore, catalog: Catalog) -> None:
    TableIndex(catalog, store=store)
    (name,) = store.indexes()
    store.drop(name)
    assert store.indexes() == [] and store.count(name) == 0
    store.drop(name)  # nothing to do
    TableIndex(catalog, store=store)
    assert store.count(name) == len(catalog.tables)


@every_store
def test_single_tables_can_be_deleted_and_put_back(store: VectorStore) -> None:
    nodes = documents([Table(n, (Column("id", "INTEGER"),)) for n in ("moons", "stars")])
    for node in nodes:
        node.embedding = HashedNgrams().get_text_embedding(node.text)
    vectors = store.open("tables_two", len(nodes[0].embedding or ()))
    vectors.add(nodes)
    vectors.add(nodes)  # the same again changes nothing
    assert store.count("tables_two") == 2
    vectors.delete_nodes([nodes[0].node_id])
    asked = VectorStoreQuery(query_embedding=nodes[0].embedding, similarity_top_k=5)
    assert [n.metadata["table"] for n in vectors.query(asked).nodes or []] == ["stars"]
    vectors.add(nodes[:1])
    assert [n.metadata["table"] for n in vectors.query(asked).nodes or []] == ["moons", "stars"]


@every_store
def test_a_vector_of_another_length_is_refused(store: VectorStore) -> None:
    vectors = store.open("tables_short", 4)
    vectors.add([TextNode(id_="00000000-0000-0000-0000-000000000001", text="a", embedding=[1.0, 0, 0, 0])])
    longer = TextNode(id_="00000000-0000-0000-0000-000000000002", text="b", embedding=[1.0, 0, 0, 0, 0])
    with pytest.raises(StoreError, match="DEMO_VECTOR_STORE"), explained(store.name):
        vectors.add([longer])
    with pytest.raises(StoreError, match="DEMO_VECTOR_STORE"), explained(store.name):
        vectors.query(VectorStoreQuery(query_embedding=[1.0, 0, 0, 0, 0], similarity_top_k=1))
    assert store.count("tables_short") == 1


def test_a_chroma_server_that_goes_away_is_said_to_be_gone_and_may_come_back(tmp_path: Path, catalog: Catalog) -> None:
    with chroma_run(tmp_path) as (url, server):
        index = TableIndex(catalog, store=open_store(url))
        assert index.search(QUESTIONS[0], k=1)
        server.kill()
        server.wait()
        with pytest.raises(StoreError, match=r"vector store \(Chroma server\) failed"):
            index.search(QUESTIONS[0], k=1)
    with chroma_run(tmp_path, port=int(url.rpartition(":")[2])):
        assert index.search(QUESTIONS[0], k=1)


def test_a_postgresql_that_goes_away_is_said_to_be_gone_without_its_password(catalog: Catalog) -> None:
    with running_server() as server:
        index = TableIndex(catalog, store=open_store(server.url()))
        with server.admin() as admin:  # one connection that breaks is no trouble
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert index.search(QUESTIONS[0], k=1)
    with pytest.raises(StoreError, match=r"vector store \(pgvector\) failed") as gone:
        index.search(QUESTIONS[0], k=1)
    assert "admin%20of" not in str(gone.value) and "admin of" not in str(gone.value)


def test_pgvector_keeps_out_of_the_schema_that_is_asked_about(postgres: Server, catalog: Catalog) -> None:
    TableIndex(catalog, store=open_store(postgres.url()))
    with postgres.admin() as admin:
        schemas = admin.execute("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'tables\\_%'").fetchall()
    assert schemas == [("demo_vectors",)]


def test_a_role_that_may_make_nothing_is_told_so(postgres: Server, catalog: Catalog) -> None:
    with postgres.admin() as admin:
        admin.execute("DROP DATABASE IF EXISTS closed")
        admin.execute("CREATE DATABASE closed")
        admin.execute("DROP ROLE IF EXISTS nobody_much")
        admin.execute("CREATE ROLE nobody_much LOGIN PASSWORD 'p'")
    with pytest.raises(StoreError, match="permission denied"):
        TableIndex(catalog, store=open_store(postgres.url("closed", "nobody_much", "p")))


@pytest.mark.parametrize("kind", ["chroma", "qdrant"])
def test_a_build_that_is_killed_leaves_a_folder_that_can_be_used(kind: str, tmp_path: Path, catalog: Catalog) -> None:
    url = f"{kind}:///{tmp_path}/index"
    child = f"""
import os
from demo_lib.llm.endpoints import SIGNS
from demo_lib.retrieval import filling
from demo_lib.retrieval.catalog import Catalog
from demo_lib.retrieval.embedder import Embedder, HashedNgrams
from demo_lib.retrieval.index import TableIndex
from demo_lib.retrieval.stores import open_store
filling.BATCH, given = 50, []
def vectors(texts):
    given.extend(texts)
    if len(given) > 101:
        os.kill(os.getpid(), 9)
    return HashedNgrams().vectors_of(texts)
store = open_store({url!r})
TableIndex(Catalog.from_file({str(DATA_DIR / "catalog.yaml")!r}), store=store, embedder=Embedder(
    model_name="hashed-char-ngrams-2", vectors_of=vectors))
"""
    killed = subprocess.run([sys.executable, "-c", child], capture_output=True, check=False)
    assert killed.returncode == -9
    store = open_store(url)
    index = TableIndex(catalog, store=store)
    assert [store.count(name) for name in store.indexes()] == [len(catalog.tables)]
    assert index.search(QUESTIONS[0], k=1)
    store.close()


def test_one_folder_of_qdrant_is_for_one_process(tmp_path: Path) -> None:
    first = open_store(f"qdrant:///{tmp_path}/q")
    with pytest.raises(StoreError, match="already accessed"):
        open_store(f"qdrant:///{tmp_path}/q")
    first.close()
    open_store(f"qdrant:///{tmp_path}/q").close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("chroma://127.0.0.1:1", "failed"),
        ("qdrant://127.0.0.1:1", "failed"),
        ("postgresql://me:s3cret-word@127.0.0.1:1/vectors", "failed"),
        ("chroma:////dev/null/index", "failed"),
        ("qdrant:////dev/null/index", "failed"),
    ],
)
def test_a_store_that_is_not_there_is_named_and_its_secrets_are_not(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        open_store(url)
    assert "s3cret-word" not in str(refused.value) and "DEMO_VECTOR_STORE" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["", "redis://me:s3cret-word@host", "chroma:///", "chroma://:9", "qdrant://host:port", "nonsense", "memory://"]
)
def test_a_setting_that_names_no_store_lists_those_there_are(url: str) -> None:
    with pytest.raises(UsageError, match="Write for example|Use one of: memory, chroma:") as refused:
        open_store(url)
    assert "s3cret-word" not in str(refused.value)


def test_the_settings_choose_store_and_embedder(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in SIGNS.values():
        monkeypatch.delenv(variable, raising=False)
    index = open_index(Settings(vector_store=f"chroma:///{tmp_path}/c"), catalog)
    assert index.store_name == "Chroma on disk" and index.search("sales")
    with pytest.raises(DemoError, match="OPENAI_API_KEY"):
        open_index(Settings(embedder="openai"), catalog)
    with pytest.raises(UsageError, match="sentence-transformers"):
        open_index(Settings(embedder="minilm"), catalog)


def test_minilm_is_loaded_from_its_folder_and_nothing_is_fetched(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sentence-transformers is gigabytes and not installed here: a stand-in says how it is called."""
    asked: list[str] = []

    def load(name: str) -> object:
        asked.append(f"{name}, offline: {os.environ.get('HF_HUB_OFFLINE')}")
        if name == "/no/model":
            raise OSError("not found")
        vectors = HashedNgrams().vectors_of
        return SimpleNamespace(encode=lambda texts: np.array(vectors(texts), dtype=np.float32))

    monkeypatch.setitem(sys.modules, "sentence_transformers", SimpleNamespace(SentenceTransformer=load))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")  # put back afterwards, whatever happens in between
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("DEMO_MINILM", "/models/minilm")
    assert open_index(Settings(embedder="minilm"), catalog).search("employees", k=1)[0].table == "employees"
    monkeypatch.setenv("DEMO_MINILM", "/no/model")
    with pytest.raises(UsageError, match="the model is not on this machine.*DEMO_MINILM"):
        open_index(Settings(embedder="minilm"), catalog)
    assert asked == ["/models/minilm, offline: 1", "/no/model, offline: 1"]
