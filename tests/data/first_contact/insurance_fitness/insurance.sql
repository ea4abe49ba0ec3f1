-- An insurer: policies, premiums and claims (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE agents (
  agent_id INTEGER PRIMARY KEY,
  agent_name VARCHAR,
  region VARCHAR,          -- one of: North, South, East, West
  hired_on DATE,
  commission_rate DECIMAL(4,3)
);
CREATE TABLE policyholders (
  holder_id INTEGER PRIMARY KEY,
  holder_name VARCHAR,
  holder_type VARCHAR,     -- one of: Private, Business
  city VARCHAR,            -- one of: Leeds, Bristol, Cardiff, Glasgow, York
  birth_date DATE,
  email VARCHAR,
  holder_since DATE
);
CREATE TABLE products (
  product_id INTEGER PRIMARY KEY,
  product_name VARCHAR,
  line VARCHAR             -- one of: Motor, Home, Travel, Life, Liability
);
CREATE TABLE policies (
  policy_id INTEGER PRIMARY KEY,
  policy_number VARCHAR,
  holder_id INTEGER REFERENCES policyholders(holder_id),
  product_id INTEGER REFERENCES products(product_id),
  agent_id INTEGER REFERENCES agents(agent_id),
  start_date DATE,
  cancelled_on DATE,
  annual_premium DECIMAL(10,2),
  sum_insured INTEGER,
  billing VARCHAR          -- one of: monthly, quarterly, yearly
);
CREATE TABLE premium_payments (
  payment_id INTEGER PRIMARY KEY,
  policy_id INTEGER REFERENCES policies(policy_id),
  due_on DATE,
  paid_on DATE,
  amount DECIMAL(10,2)
);
CREATE TABLE adjusters (
  adjuster_id INTEGER PRIMARY KEY,
  adjuster_name VARCHAR,
  team VARCHAR,            -- one of: Property, Vehicles, Persons
  hired_on DATE
);
CREATE TABLE claims (
  claim_id INTEGER PRIMARY KEY,
  policy_id INTEGER REFERENCES policies(policy_id),
  adjuster_id INTEGER REFERENCES adjusters(adjuster_id),
  cause VARCHAR,           -- one of: Collision, Theft, Fire, Water, Storm, Illness
  reported_on DATE,
  settled_on DATE,
  claimed_amount DECIMAL(10,2),
  paid_amount DECIMAL(10,2),
  status VARCHAR,          -- one of: open, approved, rejected
  fraud_suspected BOOLEAN
);
COMMENT ON TABLE policyholders IS 'the people and firms we insure';
COMMENT ON TABLE adjusters IS 'staff who handle claims';
COMMENT ON COLUMN agents.commission_rate IS 'fraction of the premium, 0.05 = 5%';
COMMENT ON COLUMN policyholders.birth_date IS 'empty for a business';
COMMENT ON COLUMN policyholders.holder_since IS 'when the first policy was taken out';
COMMENT ON COLUMN products.line IS 'line of business';
COMMENT ON COLUMN policies.cancelled_on IS 'empty while the policy is in force';
COMMENT ON COLUMN policies.annual_premium IS 'GBP a year';
COMMENT ON COLUMN policies.sum_insured IS 'GBP, the most we pay';
COMMENT ON COLUMN premium_payments.paid_on IS 'empty until it is paid';
COMMENT ON COLUMN claims.adjuster_id IS 'empty until somebody is put on it';
COMMENT ON COLUMN claims.settled_on IS 'empty while the claim is open';
COMMENT ON COLUMN claims.claimed_amount IS 'GBP, what the policyholder asks for';
COMMENT ON COLUMN claims.paid_amount IS 'GBP, what we paid; empty unless approved';
