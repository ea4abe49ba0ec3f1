-- A seller of tickets for concerts and shows (DuckDB; keys go by name). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE venues (
  venue_id INTEGER,
  venue_name VARCHAR,
  city VARCHAR,          -- one of: Antwerp, Ghent, Brussels, Liege
  capacity INTEGER,
  is_indoor BOOLEAN
);
CREATE TABLE artists (
  artist_id INTEGER,
  artist_name VARCHAR,
  genre VARCHAR,         -- one of: rock, jazz, comedy, classical, electronic
  home_country VARCHAR
);
CREATE TABLE events (
  event_id INTEGER,
  event_name VARCHAR,
  venue_id INTEGER,
  event_date DATE,
  event_type VARCHAR,    -- one of: concert, festival, stand-up, matinee
  status VARCHAR         -- one of: held, called off, postponed
);
CREATE TABLE lineups (
  event_id INTEGER,
  artist_id INTEGER,
  artist_fee DECIMAL(10,2),
  is_headliner BOOLEAN
);
CREATE TABLE buyers (
  buyer_id INTEGER,
  buyer_name VARCHAR,
  home_town VARCHAR,
  birth_year INTEGER,
  registered_on DATE
);
CREATE TABLE bookings (
  booking_id INTEGER,
  buyer_id INTEGER,
  event_id INTEGER,
  booked_at TIMESTAMP,
  channel VARCHAR        -- one of: web, app, box office, partner
);
CREATE TABLE tickets (
  ticket_id INTEGER,
  booking_id INTEGER,
  seat_category VARCHAR, -- one of: standing, seated, balcony, vip
  price DECIMAL(8,2),
  discount DECIMAL(8,2),
  scanned_at TIMESTAMP
);
CREATE TABLE reviews (
  review_id INTEGER,
  event_id INTEGER,
  buyer_id INTEGER,
  stars INTEGER,
  written_on DATE
);
COMMENT ON COLUMN tickets.price IS 'EUR, before discount';
COMMENT ON COLUMN tickets.discount IS 'EUR taken off the price';
COMMENT ON COLUMN tickets.scanned_at IS 'when the holder came in; empty if nobody came';
COMMENT ON COLUMN lineups.artist_fee IS 'EUR paid to the artist for this event';
COMMENT ON COLUMN reviews.stars IS '1 (poor) to 5 (great)';
COMMENT ON TABLE bookings IS 'one purchase, of one or more tickets';
