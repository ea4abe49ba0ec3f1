-- A charity: donors, campaigns, volunteers, grants (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE donors (
  donor_id INTEGER PRIMARY KEY,
  donor_name VARCHAR,
  donor_type VARCHAR,    -- one of: individual, company, foundation
  city VARCHAR,          -- one of: Leeds, Bristol, Cardiff, York, Dundee
  joined_on DATE,
  newsletter BOOLEAN
);
CREATE TABLE campaigns (
  campaign_id INTEGER PRIMARY KEY,
  campaign_name VARCHAR,
  cause VARCHAR,         -- one of: Water, Education, Health, Shelter, Wildlife
  goal DECIMAL(10,2),
  starts_on DATE,
  ends_on DATE
);
CREATE TABLE donations (
  donation_id INTEGER PRIMARY KEY,
  donor_id INTEGER REFERENCES donors(donor_id),
  campaign_id INTEGER REFERENCES campaigns(campaign_id),
  donated_on DATE,
  amount DECIMAL(10,2),
  fee DECIMAL(8,2),
  payment_method VARCHAR, -- one of: card, bank transfer, direct debit, cash
  is_recurring BOOLEAN
);
CREATE TABLE volunteers (
  volunteer_id INTEGER PRIMARY KEY,
  volunteer_name VARCHAR,
  city VARCHAR,          -- one of: Leeds, Bristol, Cardiff, York, Dundee
  birth_date DATE,
  started_on DATE
);
CREATE TABLE shifts (
  shift_id INTEGER PRIMARY KEY,
  volunteer_id INTEGER REFERENCES volunteers(volunteer_id),
  campaign_id INTEGER REFERENCES campaigns(campaign_id),
  shift_date DATE,
  hours DECIMAL(4,2),
  role VARCHAR           -- one of: driver, fundraiser, office, stall
);
CREATE TABLE partners (
  partner_id INTEGER PRIMARY KEY,
  partner_name VARCHAR,
  country VARCHAR        -- one of: Kenya, Nepal, Peru, Malawi, Jordan
);
CREATE TABLE grants (
  grant_id INTEGER PRIMARY KEY,
  campaign_id INTEGER REFERENCES campaigns(campaign_id),
  partner_id INTEGER REFERENCES partners(partner_id),
  decided_on DATE,
  paid_on DATE,
  granted DECIMAL(10,2)
);
COMMENT ON COLUMN donations.amount IS 'GBP, as the donor gave it';
COMMENT ON COLUMN donations.fee IS 'GBP, kept by the payment provider';
COMMENT ON COLUMN donations.is_recurring IS 'part of a standing monthly gift';
COMMENT ON COLUMN campaigns.goal IS 'GBP, what the campaign is to raise';
COMMENT ON COLUMN grants.paid_on IS 'empty until the money is sent';
COMMENT ON TABLE grants IS 'money passed on to partner organisations';
COMMENT ON TABLE shifts IS 'work done by volunteers';
