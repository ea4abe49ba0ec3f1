-- A streaming service: members, titles, tracks, views, plays (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE plans (
  plan_id INTEGER PRIMARY KEY,
  plan_name VARCHAR,     -- one of: Basic, Standard, Family
  monthly_fee DECIMAL(6,2),
  screens INTEGER,
  has_ads BOOLEAN
);
CREATE TABLE members (
  member_id INTEGER PRIMARY KEY,
  member_name VARCHAR,
  country VARCHAR,       -- one of: Ireland, Belgium, Denmark, Poland
  plan_id INTEGER REFERENCES plans(plan_id),
  signed_up DATE,
  cancelled_on DATE,     -- empty while the member stays
  birth_year INTEGER
);
CREATE TABLE titles (
  title_id INTEGER PRIMARY KEY,
  title_name VARCHAR,
  kind VARCHAR,          -- one of: film, series, documentary
  genre VARCHAR,         -- one of: drama, comedy, thriller, family, nature
  release_year INTEGER,
  runtime_minutes INTEGER,
  is_original BOOLEAN,
  licence_ends DATE      -- empty for originals
);
CREATE TABLE artists (
  artist_id INTEGER PRIMARY KEY,
  artist_name VARCHAR,
  home_country VARCHAR   -- one of: Ireland, Belgium, Denmark, Poland, Iceland
);
CREATE TABLE tracks (
  track_id INTEGER PRIMARY KEY,
  artist_id INTEGER REFERENCES artists(artist_id),
  track_name VARCHAR,
  style VARCHAR,         -- one of: pop, rock, jazz, folk
  seconds INTEGER,
  explicit BOOLEAN
);
CREATE TABLE views (
  view_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  title_id INTEGER REFERENCES titles(title_id),
  started_at TIMESTAMP,
  minutes_watched INTEGER,
  device VARCHAR,        -- one of: tv, phone, tablet, laptop
  finished BOOLEAN
);
CREATE TABLE plays (
  play_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  track_id INTEGER REFERENCES tracks(track_id),
  played_at TIMESTAMP,
  skipped BOOLEAN
);
CREATE TABLE ratings (
  rating_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  title_id INTEGER REFERENCES titles(title_id),
  rated_on DATE,
  stars INTEGER
);
CREATE TABLE payments (
  payment_id INTEGER PRIMARY KEY,
  member_id INTEGER REFERENCES members(member_id),
  due_on DATE,
  paid_on DATE,          -- empty until the money is in
  amount DECIMAL(6,2)
);
COMMENT ON COLUMN titles.licence_ends IS 'empty for originals';
