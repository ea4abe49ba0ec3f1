CREATE TABLE pb_staff ( -- employees of the publishing house
  staff_id INTEGER PRIMARY KEY, -- employee number
  staff_name VARCHAR NOT NULL, -- first and last name
  dept VARCHAR NOT NULL, -- department; one of: editorial, design, marketing, rights
  salary INTEGER NOT NULL, -- gross yearly pay in pounds
  start_dt DATE NOT NULL, -- first working day
  end_dt DATE, -- last working day, null while employed
  mgr_id INTEGER REFERENCES pb_staff(staff_id) -- line manager, null for heads of department
);
CREATE TABLE pb_author ( -- authors under contract
  author_id INTEGER PRIMARY KEY, -- author number
  first_name VARCHAR NOT NULL, -- given name
  last_name VARCHAR NOT NULL, -- family name
  country VARCHAR NOT NULL, -- country of residence
  dob DATE, -- date of birth
  agent VARCHAR -- literary agency, null if the author has none
);
CREATE TABLE pb_title ( -- works published or to be published
  title_id INTEGER PRIMARY KEY, -- work number
  title VARCHAR NOT NULL, -- title of the book
  genre VARCHAR NOT NULL, -- kind of book; one of: crime, romance, fantasy, history, cookery, children
  imprint VARCHAR NOT NULL, -- brand it appears under; one of: Harrow, Lantern, Bluebell
  page_cnt INTEGER NOT NULL, -- number of pages
  pub_date DATE NOT NULL, -- day of first publication
  editor_id INTEGER NOT NULL REFERENCES pb_staff(staff_id), -- editor responsible
  advance_amt DECIMAL(10,2) -- advance paid to the authors in pounds, null if none
);
CREATE TABLE pb_title_author ( -- who wrote which work
  title_id INTEGER NOT NULL REFERENCES pb_title(title_id), -- work
  author_id INTEGER NOT NULL REFERENCES pb_author(author_id), -- author
  royalty_pct DECIMAL(4,1) NOT NULL, -- royalty in percent
  PRIMARY KEY (title_id, author_id)
);
CREATE TABLE pb_edition ( -- editions of a work
  isbn VARCHAR PRIMARY KEY, -- ISBN of the edition
  title_id INTEGER NOT NULL REFERENCES pb_title(title_id), -- work
  fmt VARCHAR NOT NULL, -- format; one of: hardback, paperback, ebook, audiobook
  list_price DECIMAL(6,2) NOT NULL, -- recommended price in pounds
  print_run INTEGER, -- copies printed, null for digital formats
  in_print BOOLEAN NOT NULL -- true while the edition can be ordered
);
CREATE TABLE pb_account ( -- trade customers that buy books from us
  acct_no INTEGER PRIMARY KEY, -- account number
  acct_name VARCHAR NOT NULL, -- name of the customer
  channel VARCHAR NOT NULL, -- kind of customer; one of: chain, independent, online, library
  country VARCHAR NOT NULL, -- country of the customer
  credit_limit INTEGER NOT NULL -- credit limit in pounds
);
CREATE TABLE pb_sale ( -- deliveries to trade customers, one edition a row
  sale_id INTEGER PRIMARY KEY, -- number of the sale
  isbn VARCHAR NOT NULL REFERENCES pb_edition(isbn), -- edition sold
  acct_no INTEGER NOT NULL REFERENCES pb_account(acct_no), -- customer
  sale_dt DATE NOT NULL, -- day of the sale
  qty INTEGER NOT NULL, -- copies delivered
  net_amt DECIMAL(10,2) NOT NULL, -- invoiced amount in pounds after discount
  ret_qty INTEGER NOT NULL -- copies sent back later
);
