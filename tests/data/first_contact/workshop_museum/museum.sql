-- A museum association: museums, exhibitions, tickets, donations, objects (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE museum (
  museum_id INTEGER PRIMARY KEY,
  museum_name VARCHAR,
  city VARCHAR,            -- one of: Basel, Bern, Geneva, Zurich
  museum_type VARCHAR,     -- one of: art, history, science
  founded INTEGER
);
CREATE TABLE curator (
  curator_id INTEGER PRIMARY KEY,
  curator_name VARCHAR,
  museum_id INTEGER REFERENCES museum(museum_id),
  joined DATE
);
CREATE TABLE exhibition (
  exhibition_id INTEGER PRIMARY KEY,
  title VARCHAR,
  museum_id INTEGER REFERENCES museum(museum_id),
  curator_id INTEGER REFERENCES curator(curator_id),
  theme VARCHAR,           -- one of: painting, photography, archaeology, space, textiles
  opens DATE,
  closes DATE,
  budget DECIMAL(10,2)
);
CREATE TABLE object (
  object_id INTEGER PRIMARY KEY,
  object_name VARCHAR,
  museum_id INTEGER REFERENCES museum(museum_id),
  material VARCHAR,        -- one of: bronze, wood, paper, glass, cotton
  made_in_year INTEGER,
  acquired DATE,
  insured_value DECIMAL(10,2),
  on_loan BOOLEAN
);
CREATE TABLE ticket_sale (
  sale_id INTEGER PRIMARY KEY,
  museum_id INTEGER REFERENCES museum(museum_id),
  exhibition_id INTEGER REFERENCES exhibition(exhibition_id),
  sold_at TIMESTAMP,
  ticket_type VARCHAR,     -- one of: adult, reduced, child, group
  channel VARCHAR,         -- one of: desk, website, partner
  visitors INTEGER,
  price DECIMAL(8,2)
);
CREATE TABLE guided_tour (
  tour_id INTEGER PRIMARY KEY,
  exhibition_id INTEGER REFERENCES exhibition(exhibition_id),
  held_on DATE,
  language VARCHAR,        -- one of: German, French, Italian, English
  duration_minutes INTEGER,
  participants INTEGER
);
COMMENT ON TABLE object IS 'pieces of the collections';
COMMENT ON COLUMN object.on_loan IS 'lent to another house';
COMMENT ON COLUMN ticket_sale.price IS 'CHF, for all visitors of the sale together';
COMMENT ON COLUMN ticket_sale.exhibition_id IS 'empty for the permanent collection';
COMMENT ON COLUMN exhibition.budget IS 'CHF';
COMMENT ON COLUMN object.insured_value IS 'CHF';
