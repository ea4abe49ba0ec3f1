CREATE TABLE shop ( -- branches of the bike-repair chain
  shop_id INTEGER PRIMARY KEY, -- branch number
  name VARCHAR NOT NULL, -- name of the branch
  city VARCHAR NOT NULL, -- city the branch is in
  opened DATE NOT NULL, -- day the branch opened
  bays INTEGER, -- number of repair stands
  has_parking BOOLEAN -- true if customers can park at the branch
);
CREATE TABLE mechanic ( -- people who repair the bikes
  mech_id INTEGER PRIMARY KEY, -- number of the mechanic
  shop_id INTEGER NOT NULL REFERENCES shop(shop_id), -- branch the mechanic works at
  full_name VARCHAR NOT NULL, -- first and last name
  level VARCHAR NOT NULL, -- skill grade; one of: apprentice, journeyman, master
  hourly_rate DECIMAL(6,2), -- wage per hour in euros
  hired DATE NOT NULL, -- first day of work
  left_on DATE, -- last day of work, empty if still employed
  ebike_cert BOOLEAN -- true if certified for e-bike motors
);
CREATE TABLE customer ( -- people who bring in bikes
  cust_id INTEGER PRIMARY KEY, -- number of the customer
  full_name VARCHAR NOT NULL, -- first and last name
  email VARCHAR, -- e-mail address, empty if not given
  city VARCHAR, -- home city
  joined DATE NOT NULL, -- day the customer was registered
  club_member BOOLEAN -- true if in the loyalty club
);
CREATE TABLE bike ( -- bikes owned by customers
  bike_id INTEGER PRIMARY KEY, -- number of the bike
  cust_id INTEGER NOT NULL REFERENCES customer(cust_id), -- owner
  brand VARCHAR NOT NULL, -- make of the bike
  type VARCHAR NOT NULL, -- kind of bike; one of: road, mountain, city, e-bike, cargo, kids
  model_year INTEGER -- year the model came out
);
CREATE TABLE job ( -- repair jobs, one per bike brought in
  job_id INTEGER PRIMARY KEY, -- number of the job
  bike_id INTEGER NOT NULL REFERENCES bike(bike_id), -- bike being repaired
  shop_id INTEGER NOT NULL REFERENCES shop(shop_id), -- branch doing the repair
  mech_id INTEGER NOT NULL REFERENCES mechanic(mech_id), -- mechanic in charge
  received DATE NOT NULL, -- day the bike was brought in
  finished DATE, -- day the repair was finished, empty if not finished
  status VARCHAR NOT NULL, -- state of the job; one of: open, done, cancelled
  labour_hrs DECIMAL(5,2), -- hours of work, empty unless done
  labour_amt DECIMAL(8,2), -- price charged for the work in euros, empty unless done
  is_warranty BOOLEAN NOT NULL, -- true if the repair is a warranty case
  rating INTEGER -- stars from 1 to 5 given by the customer, empty if not rated
);
CREATE TABLE part ( -- spare parts catalogue and stock
  part_id INTEGER PRIMARY KEY, -- number of the part
  part_name VARCHAR NOT NULL, -- name of the part
  category VARCHAR NOT NULL, -- group of parts; one of: brakes, drivetrain, wheels, electrics, accessories
  supplier VARCHAR NOT NULL, -- company the part is bought from
  list_price DECIMAL(8,2) NOT NULL, -- current selling price in euros
  stock_qty INTEGER NOT NULL, -- pieces in stock
  min_qty INTEGER NOT NULL -- reorder level in pieces
);
CREATE TABLE job_part ( -- parts used in a repair job
  job_id INTEGER NOT NULL REFERENCES job(job_id), -- repair job
  part_id INTEGER NOT NULL REFERENCES part(part_id), -- part used
  qty INTEGER NOT NULL, -- pieces used
  unit_price DECIMAL(8,2) NOT NULL, -- price per piece charged in euros
  PRIMARY KEY (job_id, part_id)
);
