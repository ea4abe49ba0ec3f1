-- A public library (DuckDB). Loans and fines run from 2023-01-01 to 2025-10-31.
-- What a reader of the database is to know stands in its own comments, at the end; the values of short columns it sees.
CREATE TABLE branches (
  branch_id INTEGER PRIMARY KEY,
  branch_name VARCHAR,   -- one of: Old Town, Station Square, Pier Street, Lighthouse, Hilltop, Vineyard
  district VARCHAR,      -- one of: Centre, Harbour, Hills
  opened_on DATE,
  has_cafe BOOLEAN
);
CREATE TABLE members (
  member_id INTEGER PRIMARY KEY,
  full_name VARCHAR,
  birth_date DATE,
  member_type VARCHAR,   -- one of: Adult, Student, Senior, Child
  joined_on DATE,
  home_branch_id INTEGER REFERENCES branches(branch_id),
  is_active BOOLEAN
);
CREATE TABLE authors (
  author_id INTEGER PRIMARY KEY,
  author_name VARCHAR,
  country VARCHAR,       -- one of: Norway, France, Italy, Japan, Brazil, Ireland
  birth_year INTEGER
);
CREATE TABLE books (
  book_id INTEGER PRIMARY KEY,
  title VARCHAR,
  genre VARCHAR,         -- one of: Fiction, Crime, History, Science, Poetry, Travel
  language VARCHAR,      -- one of: English, German, French, Spanish
  published_year INTEGER,
  pages INTEGER,
  copies INTEGER,
  is_reference BOOLEAN
);
CREATE TABLE book_authors (
  book_id INTEGER REFERENCES books(book_id),
  author_id INTEGER REFERENCES authors(author_id),
  PRIMARY KEY (book_id, author_id)
);
CREATE TABLE loans (
  loan_id INTEGER PRIMARY KEY,
  book_id INTEGER REFERENCES books(book_id),
  member_id INTEGER REFERENCES members(member_id),
  branch_id INTEGER REFERENCES branches(branch_id),
  loaned_on DATE,
  due_on DATE,
  returned_on DATE,
  renewals INTEGER
);
CREATE TABLE fines (
  fine_id INTEGER PRIMARY KEY,
  loan_id INTEGER REFERENCES loans(loan_id),
  issued_on DATE,
  amount DECIMAL(8,2),
  reason VARCHAR,        -- one of: Late, Damaged, Lost
  is_paid BOOLEAN
);
COMMENT ON COLUMN loans.returned_on IS 'empty while the book is still out';
COMMENT ON COLUMN loans.branch_id IS 'where the book was borrowed';
COMMENT ON COLUMN books.is_reference IS 'may only be read on the premises';
COMMENT ON COLUMN books.copies IS 'how many copies we own';
COMMENT ON COLUMN members.home_branch_id IS 'the branch that the member registered with';
COMMENT ON COLUMN fines.amount IS 'EUR';
