-- An agency that lets homes for their landlords (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
-- What a reader of the database is to know stands in its own comments, at the end; the values of short columns it sees.
CREATE TABLE landlords (
  landlord_id INTEGER PRIMARY KEY,
  landlord_name VARCHAR,
  home_city VARCHAR,     -- one of: Porto, Lisbon, Braga, Madrid
  client_since DATE,
  commission_rate DECIMAL(4,3)
);
CREATE TABLE properties (
  property_id INTEGER PRIMARY KEY,
  landlord_id INTEGER REFERENCES landlords(landlord_id),
  address VARCHAR,
  neighbourhood VARCHAR, -- one of: Baixa, Ribeira, Foz, Boavista, Campanha
  property_type VARCHAR, -- one of: Flat, House, Studio
  bedrooms INTEGER,
  area_sqm INTEGER,
  furnished BOOLEAN,
  has_parking BOOLEAN
);
CREATE TABLE tenants (
  tenant_id INTEGER PRIMARY KEY,
  tenant_name VARCHAR,
  birth_date DATE,
  nationality VARCHAR,   -- one of: Portuguese, Brazilian, German, French, Angolan
  employer VARCHAR
);
CREATE TABLE leases (
  lease_id INTEGER PRIMARY KEY,
  property_id INTEGER REFERENCES properties(property_id),
  start_date DATE,
  end_date DATE,
  monthly_rent DECIMAL(10,2),
  deposit DECIMAL(10,2),
  status VARCHAR         -- one of: Active, Ended, Terminated
);
CREATE TABLE lease_tenants (
  lease_id INTEGER REFERENCES leases(lease_id),
  tenant_id INTEGER REFERENCES tenants(tenant_id),
  PRIMARY KEY (lease_id, tenant_id)
);
CREATE TABLE rent_payments (
  payment_id INTEGER PRIMARY KEY,
  lease_id INTEGER REFERENCES leases(lease_id),
  due_date DATE,
  paid_date DATE,
  amount DECIMAL(10,2),
  method VARCHAR         -- one of: Transfer, Card, Cash
);
CREATE TABLE repairs (
  repair_id INTEGER PRIMARY KEY,
  property_id INTEGER REFERENCES properties(property_id),
  reported_on DATE,
  fixed_on DATE,
  category VARCHAR,      -- one of: Plumbing, Heating, Electrical, Painting, Appliances
  cost DECIMAL(10,2),
  is_emergency BOOLEAN
);
COMMENT ON COLUMN rent_payments.paid_date IS 'empty while the rent is unpaid';
COMMENT ON COLUMN repairs.fixed_on IS 'empty while the repair is open';
COMMENT ON COLUMN landlords.commission_rate IS 'fraction of the rent, 0.08 = 8%';
COMMENT ON COLUMN leases.deposit IS 'EUR, paid at the start';
COMMENT ON COLUMN properties.area_sqm IS 'living space in square metres';
COMMENT ON COLUMN tenants.employer IS 'empty when unknown';
