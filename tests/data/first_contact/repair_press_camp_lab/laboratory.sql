CREATE TABLE ward ( -- hospital wards that send samples to the laboratory
  ward_cd VARCHAR PRIMARY KEY, -- short code of the ward
  ward_nm VARCHAR NOT NULL, -- name of the ward
  bldg VARCHAR NOT NULL, -- building; one of: Main, East, West
  beds INTEGER NOT NULL -- number of beds
);
CREATE TABLE phys ( -- physicians who order tests
  phys_id INTEGER PRIMARY KEY, -- physician number
  nm VARCHAR NOT NULL, -- full name
  spec VARCHAR NOT NULL, -- speciality; one of: internal, surgery, oncology, paediatrics, emergency
  ward_cd VARCHAR NOT NULL REFERENCES ward(ward_cd), -- home ward
  hire_dt DATE NOT NULL, -- first working day
  is_resident BOOLEAN NOT NULL -- true if still in training
);
CREATE TABLE pat ( -- patients
  pat_id INTEGER PRIMARY KEY, -- patient number
  nm VARCHAR NOT NULL, -- full name
  sex VARCHAR NOT NULL, -- sex; one of: F, M
  dob DATE NOT NULL, -- date of birth
  blood_grp VARCHAR, -- blood group, null if not determined; one of: A, B, AB, 0
  smoker BOOLEAN -- true if the patient smokes, null if unknown
);
CREATE TABLE lab_test ( -- catalogue of laboratory tests
  test_cd VARCHAR PRIMARY KEY, -- short code of the test
  test_nm VARCHAR NOT NULL, -- name of the test
  sect VARCHAR NOT NULL, -- laboratory section; one of: chemistry, haematology, coagulation, immunology
  unit VARCHAR, -- unit of measurement
  price DECIMAL(7,2) NOT NULL, -- price per test in euros
  target_min INTEGER NOT NULL -- target time to report in minutes
);
CREATE TABLE tech ( -- laboratory technicians
  tech_id INTEGER PRIMARY KEY, -- technician number
  nm VARCHAR NOT NULL, -- full name
  shift VARCHAR NOT NULL, -- usual shift; one of: early, late, night
  hrs_wk DECIMAL(4,1) NOT NULL, -- contract hours per week
  hire_dt DATE NOT NULL -- first working day
);
CREATE TABLE lab_ord ( -- orders for laboratory tests
  ord_id INTEGER PRIMARY KEY, -- order number
  pat_id INTEGER NOT NULL REFERENCES pat(pat_id), -- patient
  phys_id INTEGER NOT NULL REFERENCES phys(phys_id), -- ordering physician
  ward_cd VARCHAR NOT NULL REFERENCES ward(ward_cd), -- ward the order came from
  ord_ts TIMESTAMP NOT NULL, -- time the order was placed
  prio VARCHAR NOT NULL, -- priority; one of: routine, urgent, stat
  canc BOOLEAN NOT NULL -- true if the order was cancelled
);
CREATE TABLE res ( -- results, one per test in an order
  res_id INTEGER PRIMARY KEY, -- result number
  ord_id INTEGER NOT NULL REFERENCES lab_ord(ord_id), -- order
  test_cd VARCHAR NOT NULL REFERENCES lab_test(test_cd), -- test
  tech_id INTEGER NOT NULL REFERENCES tech(tech_id), -- technician who ran the test
  recv_ts TIMESTAMP NOT NULL, -- time the sample reached the laboratory
  rep_ts TIMESTAMP, -- time the result was reported, null while pending
  val DECIMAL(9,2), -- measured value, null while pending
  flag VARCHAR -- rating of the value, null while pending; one of: normal, high, low, critical
);
