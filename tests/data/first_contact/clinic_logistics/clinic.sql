-- An outpatient clinic with six departments (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
CREATE TABLE departments (
  id INTEGER PRIMARY KEY,
  name VARCHAR,          -- one of: Cardiology, Dermatology, Orthopaedics, Paediatrics, Neurology, General Medicine
  floor INTEGER,
  has_beds BOOLEAN
);
CREATE TABLE doctors (
  id INTEGER PRIMARY KEY,
  name VARCHAR,
  department_id INTEGER REFERENCES departments(id),
  grade VARCHAR,         -- one of: Consultant, Registrar, Resident
  hired_on DATE,
  hourly_rate DECIMAL(8,2),
  speaks_english BOOLEAN
);
CREATE TABLE patients (
  id INTEGER PRIMARY KEY,
  name VARCHAR,
  sex VARCHAR,           -- one of: F, M
  birth_date DATE,
  city VARCHAR,          -- one of: Graz, Linz, Wels, Steyr
  insurance VARCHAR,     -- one of: Public, Private, Uninsured
  email VARCHAR,
  registered_on DATE,
  family_doctor_id INTEGER REFERENCES doctors(id)
);
CREATE TABLE appointments (
  id INTEGER PRIMARY KEY,
  patient_id INTEGER REFERENCES patients(id),
  doctor_id INTEGER REFERENCES doctors(id),
  booked_on DATE,
  starts_at TIMESTAMP,
  minutes INTEGER,
  kind VARCHAR,          -- one of: Checkup, Follow-up, Acute, Vaccination
  status VARCHAR,        -- one of: Completed, Cancelled, No-show
  pain_score INTEGER
);
CREATE TABLE medicines (
  id INTEGER PRIMARY KEY,
  name VARCHAR,
  form VARCHAR,          -- one of: Tablet, Syrup, Ointment, Injection
  unit_price DECIMAL(8,2),
  is_generic BOOLEAN,
  stock INTEGER
);
CREATE TABLE prescriptions (
  id INTEGER PRIMARY KEY,
  appointment_id INTEGER REFERENCES appointments(id),
  medicine_id INTEGER REFERENCES medicines(id),
  packs INTEGER,
  days INTEGER
);
CREATE TABLE lab_tests (
  id INTEGER PRIMARY KEY,
  appointment_id INTEGER REFERENCES appointments(id),
  test_name VARCHAR,     -- one of: Blood count, Cholesterol, Glucose, Thyroid, Urine
  taken_on DATE,
  result_on DATE,
  is_abnormal BOOLEAN,
  price DECIMAL(8,2)
);
CREATE TABLE invoices (
  id INTEGER PRIMARY KEY,
  appointment_id INTEGER REFERENCES appointments(id),
  issued_on DATE,
  due_on DATE,
  paid_on DATE,
  amount DECIMAL(10,2),
  covered DECIMAL(10,2)
);
COMMENT ON COLUMN appointments.minutes IS 'planned length in minutes';
COMMENT ON COLUMN appointments.pain_score IS '0 (none) to 10 (worst), empty when not asked';
COMMENT ON COLUMN invoices.covered IS 'EUR, the part that the insurer pays';
COMMENT ON COLUMN invoices.amount IS 'EUR';
COMMENT ON COLUMN invoices.paid_on IS 'empty while the invoice is open';
COMMENT ON COLUMN lab_tests.result_on IS 'empty while the result is outstanding';
COMMENT ON COLUMN medicines.stock IS 'packs in the pharmacy today';
COMMENT ON COLUMN prescriptions.days IS 'how long the medicine is to be taken';
COMMENT ON COLUMN patients.family_doctor_id IS 'the doctor the patient usually sees, empty when none';
