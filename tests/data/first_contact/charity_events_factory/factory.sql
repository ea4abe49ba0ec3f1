-- A manufacturer: plants, machines, work orders, stoppages, inspections (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE plants (
  plant_id INTEGER PRIMARY KEY,
  plant_name VARCHAR,
  country VARCHAR,       -- one of: Austria, Slovenia, Italy
  floor_area INTEGER
);
CREATE TABLE machines (
  machine_id INTEGER PRIMARY KEY,
  plant_id INTEGER REFERENCES plants(plant_id),
  machine_name VARCHAR,
  machine_type VARCHAR,  -- one of: lathe, milling machine, press, robot, laser cutter
  bought_on DATE,
  purchase_price DECIMAL(12,2),
  is_retired BOOLEAN
);
CREATE TABLE products (
  sku VARCHAR PRIMARY KEY,
  product_name VARCHAR,
  family VARCHAR,        -- one of: Gears, Valves, Brackets, Housings
  unit_cost DECIMAL(8,2),
  list_price DECIMAL(8,2)
);
CREATE TABLE work_orders (
  order_no INTEGER PRIMARY KEY,
  sku VARCHAR REFERENCES products(sku),
  machine_id INTEGER REFERENCES machines(machine_id),
  state VARCHAR,         -- one of: running, done, stopped
  start_date DATE,
  due_date DATE,
  end_date DATE,
  qty_good INTEGER,
  qty_scrap INTEGER
);
CREATE TABLE downtimes (
  downtime_id INTEGER PRIMARY KEY,
  machine_id INTEGER REFERENCES machines(machine_id),
  began_at TIMESTAMP,
  minutes INTEGER,
  cause VARCHAR          -- one of: breakdown, changeover, no material, cleaning
);
CREATE TABLE operators (
  operator_id INTEGER PRIMARY KEY,
  plant_id INTEGER REFERENCES plants(plant_id),
  full_name VARCHAR,
  shift VARCHAR,         -- one of: early, late, night
  hired_on DATE,
  hourly_wage DECIMAL(6,2)
);
CREATE TABLE inspections (
  inspection_id INTEGER PRIMARY KEY,
  order_no INTEGER REFERENCES work_orders(order_no),
  operator_id INTEGER REFERENCES operators(operator_id),
  inspected_on DATE,
  result VARCHAR,        -- one of: pass, rework, reject
  defects INTEGER
);
COMMENT ON COLUMN work_orders.end_date IS 'empty while the order is not done';
COMMENT ON COLUMN work_orders.qty_good IS 'pieces that were fine';
COMMENT ON COLUMN work_orders.qty_scrap IS 'pieces thrown away';
COMMENT ON COLUMN plants.floor_area IS 'square metres';
COMMENT ON COLUMN machines.purchase_price IS 'EUR';
COMMENT ON COLUMN inspections.operator_id IS 'who inspected';
COMMENT ON TABLE downtimes IS 'stoppages of a machine';
