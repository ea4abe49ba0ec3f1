-- A mobile-phone operator: subscribers, plans, lines, usage, invoices, payments, towers, tickets (DuckDB).
-- Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE plans (
  plan_id INTEGER PRIMARY KEY,
  plan_name VARCHAR,
  plan_type VARCHAR,     -- one of: prepaid, postpaid, business
  monthly_fee DECIMAL(6,2),
  data_gb INTEGER,
  launched_on DATE,
  withdrawn_on DATE
);
CREATE TABLE subscribers (
  subscriber_id INTEGER PRIMARY KEY,
  full_name VARCHAR,
  city VARCHAR,          -- one of: Porto, Lisbon, Braga, Faro, Coimbra
  birth_date DATE,
  joined_on DATE,
  left_on DATE,
  marketing_consent BOOLEAN
);
CREATE TABLE lines (
  line_id INTEGER PRIMARY KEY,
  subscriber_id INTEGER REFERENCES subscribers(subscriber_id),
  plan_id INTEGER REFERENCES plans(plan_id),
  phone_number VARCHAR,
  status VARCHAR,        -- one of: active, suspended, ported out, cancelled
  activated_on DATE,
  is_esim BOOLEAN
);
CREATE TABLE towers (
  tower_id INTEGER PRIMARY KEY,
  tower_code VARCHAR,
  region VARCHAR,        -- one of: North, Centre, Lisbon Area, South
  technology VARCHAR,    -- one of: 3G, 4G, 5G
  built_on DATE
);
CREATE TABLE usage_days (
  usage_id INTEGER PRIMARY KEY,
  line_id INTEGER REFERENCES lines(line_id),
  tower_id INTEGER REFERENCES towers(tower_id),
  used_on DATE,
  data_mb INTEGER,
  call_minutes INTEGER,
  sms_sent INTEGER,
  roaming BOOLEAN
);
CREATE TABLE invoices (
  invoice_id INTEGER PRIMARY KEY,
  subscriber_id INTEGER REFERENCES subscribers(subscriber_id),
  issued_on DATE,
  due_on DATE,
  amount DECIMAL(8,2)
);
CREATE TABLE payments (
  payment_id INTEGER PRIMARY KEY,
  invoice_id INTEGER REFERENCES invoices(invoice_id),
  paid_on DATE,
  amount DECIMAL(8,2),
  method VARCHAR         -- one of: direct debit, card, kiosk, voucher
);
CREATE TABLE tickets (
  ticket_id INTEGER PRIMARY KEY,
  subscriber_id INTEGER REFERENCES subscribers(subscriber_id),
  opened_at TIMESTAMP,
  closed_at TIMESTAMP,
  topic VARCHAR,         -- one of: billing, coverage, device, roaming, porting
  priority VARCHAR,      -- one of: low, normal, urgent
  satisfaction INTEGER
);
COMMENT ON COLUMN subscribers.left_on IS 'empty while the subscriber is still with us';
COMMENT ON COLUMN plans.monthly_fee IS 'EUR';
COMMENT ON COLUMN plans.data_gb IS 'data allowance per month, in GB';
COMMENT ON COLUMN plans.withdrawn_on IS 'empty while the plan is on sale';
COMMENT ON COLUMN usage_days.data_mb IS 'data used that day, in MB';
COMMENT ON COLUMN invoices.amount IS 'EUR, with VAT';
COMMENT ON COLUMN tickets.closed_at IS 'empty while the ticket is open';
COMMENT ON COLUMN tickets.satisfaction IS '1 to 5, empty where the subscriber did not answer';
COMMENT ON TABLE usage_days IS 'what a line used on one day at one tower';
