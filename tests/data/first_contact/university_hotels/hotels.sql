-- A group of seven hotels (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE hotels (
  hotel_id INTEGER PRIMARY KEY,
  hotel_name VARCHAR,    -- one of: Grand Marina, Villa Rosa, Alpine Lodge, Park Plaza, Old Mill, Sunset Bay, City Nest
  city VARCHAR,          -- one of: Split, Zagreb, Ljubljana, Bled
  country VARCHAR,       -- one of: Croatia, Slovenia
  stars INTEGER,
  opened_on DATE,
  has_pool BOOLEAN
);
CREATE TABLE rooms (
  room_id INTEGER PRIMARY KEY,
  hotel_id INTEGER REFERENCES hotels(hotel_id),
  room_number VARCHAR,
  room_type VARCHAR,     -- one of: Single, Double, Family, Suite
  max_guests INTEGER,
  base_rate DECIMAL(8,2),
  has_sea_view BOOLEAN,
  renovated_on DATE
);
CREATE TABLE guests (
  guest_id INTEGER PRIMARY KEY,
  guest_name VARCHAR,
  nationality VARCHAR,   -- one of: Croatian, Slovenian, German, Austrian, British, Dutch
  birth_date DATE,
  loyalty_level VARCHAR, -- one of: Silver, Gold, Platinum
  email VARCHAR,
  wants_newsletter BOOLEAN
);
CREATE TABLE bookings (
  booking_id INTEGER PRIMARY KEY,
  guest_id INTEGER REFERENCES guests(guest_id),
  room_id INTEGER REFERENCES rooms(room_id),
  booked_on DATE,
  check_in DATE,
  check_out DATE,
  adults INTEGER,
  children INTEGER,
  channel VARCHAR,       -- one of: Website, Agency, Phone, Walk-in
  status VARCHAR,        -- one of: Completed, In house, Cancelled, No-show
  total_price DECIMAL(10,2)
);
CREATE TABLE payments (
  payment_id INTEGER PRIMARY KEY,
  booking_id INTEGER REFERENCES bookings(booking_id),
  paid_on DATE,
  amount DECIMAL(10,2),
  method VARCHAR,        -- one of: Card, Cash, Transfer, Voucher
  is_refunded BOOLEAN
);
CREATE TABLE extras (
  extra_id INTEGER PRIMARY KEY,
  booking_id INTEGER REFERENCES bookings(booking_id),
  extra_type VARCHAR,    -- one of: Breakfast, Dinner, Spa, Parking, Minibar
  charged_on DATE,
  amount DECIMAL(8,2)
);
CREATE TABLE reviews (
  review_id INTEGER PRIMARY KEY,
  booking_id INTEGER REFERENCES bookings(booking_id),
  reviewed_on DATE,
  score INTEGER,
  would_return BOOLEAN,
  answered_on DATE
);
CREATE TABLE staff (
  staff_id INTEGER PRIMARY KEY,
  staff_name VARCHAR,
  hotel_id INTEGER REFERENCES hotels(hotel_id),
  job VARCHAR,           -- one of: Receptionist, Housekeeper, Cook, Porter, Manager
  hired_on DATE,
  left_on DATE,
  monthly_salary DECIMAL(8,2)
);
COMMENT ON COLUMN rooms.base_rate IS 'EUR a night, before season and discounts';
COMMENT ON COLUMN rooms.renovated_on IS 'empty when never renovated';
COMMENT ON COLUMN guests.loyalty_level IS 'empty when not in the loyalty programme';
COMMENT ON COLUMN bookings.booked_on IS 'the day on which the booking was made';
COMMENT ON COLUMN bookings.total_price IS 'EUR for the whole stay, without extras';
COMMENT ON COLUMN reviews.score IS '1 (worst) to 10 (best)';
COMMENT ON COLUMN reviews.answered_on IS 'empty while we have not replied';
COMMENT ON COLUMN staff.left_on IS 'empty while employed';
COMMENT ON COLUMN staff.monthly_salary IS 'EUR, gross';
