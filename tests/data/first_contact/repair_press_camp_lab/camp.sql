CREATE TABLE Guest ( -- people who stay at the camp or take courses
  guestId INTEGER PRIMARY KEY, -- number of the guest
  firstName VARCHAR NOT NULL, -- given name
  lastName VARCHAR NOT NULL, -- family name
  dob DATE NOT NULL, -- date of birth
  country VARCHAR NOT NULL, -- home country
  canSwim BOOLEAN NOT NULL, -- true if the guest has shown a swimming certificate
  phone VARCHAR -- mobile number, empty if unknown
);
CREATE TABLE Lodging ( -- tents, cabins and rooms that can be booked
  lodgingId INTEGER PRIMARY KEY, -- number of the lodging
  lodgingName VARCHAR NOT NULL, -- name on the door
  kind VARCHAR NOT NULL, -- type of lodging; one of: tent, cabin, dorm, houseboat
  beds INTEGER NOT NULL, -- number of beds
  lakeView BOOLEAN NOT NULL -- true if it looks onto the lake
);
CREATE TABLE Booking ( -- stays booked by guests
  bookingId INTEGER PRIMARY KEY, -- number of the booking
  guestId INTEGER NOT NULL REFERENCES Guest(guestId), -- guest who booked
  lodgingId INTEGER NOT NULL REFERENCES Lodging(lodgingId), -- lodging booked
  arrival DATE NOT NULL, -- first day of the stay
  nights INTEGER NOT NULL, -- number of nights
  persons INTEGER NOT NULL, -- number of people staying
  amtCharged DECIMAL(9,2) NOT NULL, -- amount charged in euros, only the fee if cancelled
  source VARCHAR NOT NULL, -- how the booking came in; one of: website, phone, agency, walk-in
  cancelled BOOLEAN NOT NULL -- true if the stay was cancelled
);
CREATE TABLE Instructor ( -- teachers of the water-sports courses
  instructorId INTEGER PRIMARY KEY, -- number of the instructor
  fullName VARCHAR NOT NULL, -- first and last name
  hiredOn DATE NOT NULL, -- first working day
  dayFee DECIMAL(7,2) NOT NULL, -- pay per day in euros
  firstAid BOOLEAN NOT NULL, -- true if holding a valid first-aid card
  lang VARCHAR NOT NULL -- language taught in; one of: English, German, French, Dutch
);
CREATE TABLE Course ( -- courses on offer
  courseId INTEGER PRIMARY KEY, -- number of the course
  courseName VARCHAR NOT NULL, -- name of the course
  sport VARCHAR NOT NULL, -- water sport; one of: sailing, windsurfing, kayaking, diving, wakeboarding, rowing
  level VARCHAR NOT NULL, -- difficulty; one of: beginner, intermediate, advanced
  numDays INTEGER NOT NULL, -- length in days
  price DECIMAL(7,2) NOT NULL, -- list price in euros
  instructorId INTEGER NOT NULL REFERENCES Instructor(instructorId) -- instructor in charge
);
CREATE TABLE Enrolment ( -- guests signed up for a course
  enrolmentId INTEGER PRIMARY KEY, -- number of the enrolment
  guestId INTEGER NOT NULL REFERENCES Guest(guestId), -- participant
  courseId INTEGER NOT NULL REFERENCES Course(courseId), -- course taken
  startDate DATE NOT NULL, -- first day of the course
  feePaid DECIMAL(7,2) NOT NULL, -- course fee paid in euros, 0 if not paid yet
  passed BOOLEAN, -- true if the final test was passed, empty if no test taken
  stars INTEGER -- rating from 1 to 5, empty if none given
);
CREATE TABLE GearRental ( -- equipment hired out by the hour
  rentalId INTEGER PRIMARY KEY, -- number of the rental
  guestId INTEGER NOT NULL REFERENCES Guest(guestId), -- guest hiring the equipment
  gear VARCHAR NOT NULL, -- kind of equipment; one of: SUP board, kayak, dinghy, windsurfer, wetsuit, pedalo
  rentedOn DATE NOT NULL, -- day of the rental
  hrs INTEGER NOT NULL, -- hours hired
  fee DECIMAL(7,2) NOT NULL, -- rental fee in euros
  damaged BOOLEAN NOT NULL -- true if it came back damaged
);
