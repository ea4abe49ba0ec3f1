-- A haulier with depots in three countries (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE Depot (
  DepotId INTEGER PRIMARY KEY,
  DepotName VARCHAR,     -- one of: Hamburg, Leipzig, Munich, Poznan, Gdansk, Brno
  Country VARCHAR,       -- one of: Germany, Poland, Czechia
  OpenedOn DATE,
  DockCount INTEGER
);
CREATE TABLE Vehicle (
  VehicleId INTEGER PRIMARY KEY,
  PlateNumber VARCHAR,
  DepotId INTEGER REFERENCES Depot(DepotId),
  VehicleType VARCHAR,   -- one of: Van, Truck, Semi-trailer
  FuelType VARCHAR,      -- one of: Diesel, Electric, Gas
  PayloadKg INTEGER,
  BoughtOn DATE,
  RetiredOn DATE
);
CREATE TABLE Driver (
  DriverId INTEGER PRIMARY KEY,
  DriverName VARCHAR,
  DepotId INTEGER REFERENCES Depot(DepotId),
  LicenceClass VARCHAR,  -- one of: B, C, CE
  HiredOn DATE,
  LeftOn DATE,
  IsContractor BOOLEAN,
  Phone VARCHAR
);
CREATE TABLE Customer (
  CustomerId INTEGER PRIMARY KEY,
  CustomerName VARCHAR,
  Segment VARCHAR,       -- one of: Retail, Industry, Food, Pharma
  City VARCHAR,
  CustomerSince DATE,
  DiscountRate DECIMAL(4,3)
);
CREATE TABLE Route (
  RouteId INTEGER PRIMARY KEY,
  RouteName VARCHAR,
  OriginDepotId INTEGER REFERENCES Depot(DepotId),
  DistanceKm INTEGER,
  TollEur DECIMAL(8,2),
  IsInternational BOOLEAN
);
CREATE TABLE Shipment (
  ShipmentId INTEGER PRIMARY KEY,
  CustomerId INTEGER REFERENCES Customer(CustomerId),
  RouteId INTEGER REFERENCES Route(RouteId),
  VehicleId INTEGER REFERENCES Vehicle(VehicleId),
  DriverId INTEGER REFERENCES Driver(DriverId),
  BookedOn DATE,
  PickedUpOn DATE,
  PromisedOn DATE,
  DeliveredOn DATE,
  WeightKg INTEGER,
  Price DECIMAL(10,2),
  ShipmentStatus VARCHAR, -- one of: Delivered, In transit, Cancelled, Lost
  IsExpress BOOLEAN
);
CREATE TABLE Incident (
  IncidentId INTEGER PRIMARY KEY,
  ShipmentId INTEGER REFERENCES Shipment(ShipmentId),
  IncidentType VARCHAR,  -- one of: Damage, Delay, Theft, Accident
  HappenedOn DATE,
  ClaimEur DECIMAL(10,2),
  IsSettled BOOLEAN
);
CREATE TABLE FuelStop (
  FuelStopId INTEGER PRIMARY KEY,
  VehicleId INTEGER REFERENCES Vehicle(VehicleId),
  StoppedOn DATE,
  Litres DECIMAL(8,2),
  CostEur DECIMAL(8,2)
);
COMMENT ON COLUMN Vehicle.PayloadKg IS 'the most it may carry, in kilograms';
COMMENT ON COLUMN Vehicle.RetiredOn IS 'empty while in use';
COMMENT ON COLUMN Driver.LeftOn IS 'empty while employed';
COMMENT ON COLUMN Driver.IsContractor IS 'true: works on a contract, false: on our payroll';
COMMENT ON COLUMN Customer.DiscountRate IS 'fraction of the list price, 0.05 = 5%';
COMMENT ON COLUMN Shipment.PromisedOn IS 'the day by which it is to arrive';
COMMENT ON COLUMN Shipment.DeliveredOn IS 'empty unless delivered';
COMMENT ON COLUMN Shipment.WeightKg IS 'in kilograms';
COMMENT ON COLUMN Shipment.Price IS 'EUR, what the customer is charged';
COMMENT ON COLUMN Incident.ClaimEur IS 'empty when nothing was claimed';
