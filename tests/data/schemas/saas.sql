-- A seller of software by subscription (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
-- What a reader of the database is to know stands in its own comments, at the end; the values of short columns it sees.
CREATE TABLE accounts (
  account_id INTEGER PRIMARY KEY,
  company_name VARCHAR,
  country VARCHAR,       -- one of: Germany, France, Spain, Poland, Canada
  industry VARCHAR,      -- one of: Finance, Logistics, Media, Healthcare, Energy
  employees INTEGER,
  created_on DATE,
  churned_on DATE
);
CREATE TABLE plans (
  plan_id INTEGER PRIMARY KEY,
  plan_name VARCHAR,     -- one of: Free, Starter, Team, Business, Enterprise
  monthly_price DECIMAL(8,2),
  seat_limit INTEGER
);
CREATE TABLE subscriptions (
  subscription_id INTEGER PRIMARY KEY,
  account_id INTEGER REFERENCES accounts(account_id),
  plan_id INTEGER REFERENCES plans(plan_id),
  status VARCHAR,        -- one of: active, past due, paused, cancelled
  seats INTEGER,
  started_on DATE,
  ended_on DATE,
  auto_renew BOOLEAN
);
CREATE TABLE invoices (
  invoice_id INTEGER PRIMARY KEY,
  subscription_id INTEGER REFERENCES subscriptions(subscription_id),
  issued_on DATE,
  paid_on DATE,
  amount DECIMAL(10,2),
  tax DECIMAL(10,2)
);
CREATE TABLE tickets (
  ticket_id INTEGER PRIMARY KEY,
  account_id INTEGER REFERENCES accounts(account_id),
  opened_at TIMESTAMP,
  closed_at TIMESTAMP,
  priority VARCHAR,      -- one of: low, normal, high, urgent
  channel VARCHAR,       -- one of: email, chat, phone
  rating INTEGER
);
CREATE TABLE features (
  feature_id INTEGER PRIMARY KEY,
  feature_name VARCHAR,
  module VARCHAR,        -- one of: Security, Interface, Reporting, Integration, Data
  is_beta BOOLEAN
);
CREATE TABLE account_features (
  account_id INTEGER REFERENCES accounts(account_id),
  feature_id INTEGER REFERENCES features(feature_id),
  enabled_on DATE,
  PRIMARY KEY (account_id, feature_id)
);
COMMENT ON COLUMN accounts.churned_on IS 'the day the company left us; empty for present customers';
COMMENT ON COLUMN invoices.amount IS 'EUR, without tax';
COMMENT ON COLUMN invoices.paid_on IS 'empty while the invoice is open';
COMMENT ON COLUMN tickets.rating IS '1 (bad) to 5 (good), empty when the customer gave none';
COMMENT ON COLUMN subscriptions.seats IS 'licensed users';
COMMENT ON TABLE tickets IS 'support requests';
