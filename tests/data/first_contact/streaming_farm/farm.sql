-- A farm cooperative: growers, fields, crops, harvests, deliveries, invoices (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE growers (
  grower_id INTEGER PRIMARY KEY,
  grower_name VARCHAR,
  village VARCHAR,       -- one of: Ashby, Kirkton, Lowmoor, Penrose, Thornhill
  phone VARCHAR,
  joined_on DATE,
  is_organic BOOLEAN
);
CREATE TABLE fields (
  field_id INTEGER PRIMARY KEY,
  grower_id INTEGER REFERENCES growers(grower_id),
  field_name VARCHAR,
  hectares DECIMAL(5,1),
  soil VARCHAR,          -- one of: clay, loam, sand, peat
  irrigated BOOLEAN
);
CREATE TABLE crops (
  crop_id INTEGER PRIMARY KEY,
  crop_name VARCHAR,     -- one of: Wheat, Barley, Oats, Carrots, Onions, Potatoes, Apples, Plums, Rapeseed, Linseed
  crop_group VARCHAR,    -- one of: cereal, vegetable, fruit, oilseed
  growing_days INTEGER
);
CREATE TABLE plantings (
  planting_id INTEGER PRIMARY KEY,
  field_id INTEGER REFERENCES fields(field_id),
  crop_id INTEGER REFERENCES crops(crop_id),
  planted_on DATE,
  seed_cost DECIMAL(8,2)
);
CREATE TABLE harvests (
  harvest_id INTEGER PRIMARY KEY,
  planting_id INTEGER REFERENCES plantings(planting_id),
  harvest_date DATE,
  tonnes DECIMAL(6,1),
  grade VARCHAR          -- one of: A, B, C
);
CREATE TABLE buyers (
  buyer_id INTEGER PRIMARY KEY,
  buyer_name VARCHAR,
  buyer_type VARCHAR,    -- one of: mill, supermarket, restaurant, exporter
  country VARCHAR        -- one of: England, Scotland, Wales
);
CREATE TABLE deliveries (
  delivery_id INTEGER PRIMARY KEY,
  grower_id INTEGER REFERENCES growers(grower_id),
  buyer_id INTEGER REFERENCES buyers(buyer_id),
  crop_id INTEGER REFERENCES crops(crop_id),
  delivered_on DATE,
  weight DECIMAL(6,1),
  price_per_tonne DECIMAL(8,2),
  rejected BOOLEAN
);
CREATE TABLE invoices (
  invoice_id INTEGER PRIMARY KEY,
  delivery_id INTEGER REFERENCES deliveries(delivery_id),
  issued_on DATE,
  paid_on DATE,
  amount DECIMAL(10,2)
);
COMMENT ON TABLE growers IS 'members of the cooperative';
COMMENT ON COLUMN growers.phone IS 'empty if we have none';
COMMENT ON COLUMN growers.is_organic IS 'certified organic';
COMMENT ON COLUMN growers.joined_on IS 'when the grower became a member';
COMMENT ON COLUMN fields.hectares IS 'size of the field';
COMMENT ON COLUMN fields.soil IS 'kind of soil';
COMMENT ON COLUMN crops.growing_days IS 'days from planting to harvest, as a rule';
COMMENT ON TABLE plantings IS 'a crop put into a field';
COMMENT ON COLUMN plantings.seed_cost IS 'GBP';
COMMENT ON TABLE harvests IS 'what came off a planting; none until it is harvested';
COMMENT ON COLUMN harvests.grade IS 'quality; empty until it is graded';
COMMENT ON TABLE deliveries IS 'a load that a grower brings to a buyer';
COMMENT ON COLUMN deliveries.weight IS 'tonnes';
COMMENT ON COLUMN deliveries.price_per_tonne IS 'GBP';
COMMENT ON COLUMN deliveries.rejected IS 'sent back by the buyer';
COMMENT ON COLUMN invoices.paid_on IS 'empty until the buyer pays';
COMMENT ON COLUMN invoices.amount IS 'GBP';
