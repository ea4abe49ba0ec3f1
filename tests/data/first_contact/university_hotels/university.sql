-- A university with seven departments (DuckDB). Data runs from 2023-01-01 to 2025-10-31.
-- Keys are not declared: columns of the same name belong together.
CREATE TABLE dept (
  dept_cd VARCHAR,       -- one of: CS, MATH, PHYS, HIST, PHIL, ECON, LAW
  dept_nm VARCHAR,       -- one of: Computer Science, Mathematics, Physics, History, Philosophy, Economics, Law
  fac_nm VARCHAR,        -- one of: Science, Humanities, Business and Law
  bldg_nm VARCHAR
);
CREATE TABLE lect (
  lect_id INTEGER,
  lect_nm VARCHAR,
  dept_cd VARCHAR,
  rank_cd VARCHAR,       -- one of: PROF, SEN, JUN
  hire_dt DATE,
  sal_eur DECIMAL(9,2),
  is_pt BOOLEAN
);
CREATE TABLE stu (
  stu_id INTEGER,
  stu_nm VARCHAR,
  dept_cd VARCHAR,
  lvl_cd VARCHAR,        -- one of: BSC, MSC, PHD
  ctry_nm VARCHAR,       -- one of: Austria, Germany, Italy, Turkey, India, Brazil
  birth_dt DATE,
  adm_dt DATE,
  grad_dt DATE,
  email_adr VARCHAR
);
CREATE TABLE crs (
  crs_cd VARCHAR,
  crs_ttl VARCHAR,
  dept_cd VARCHAR,
  ects_no INTEGER,
  lang_cd VARCHAR,       -- one of: EN, DE
  max_seats INTEGER
);
CREATE TABLE crs_run (
  run_id INTEGER,
  crs_cd VARCHAR,
  lect_id INTEGER,
  term_cd VARCHAR,       -- one of: 2023S, 2023W, 2024S, 2024W, 2025S, 2025W
  strt_dt DATE,
  room_no VARCHAR
);
CREATE TABLE enr (
  enr_id INTEGER,
  stu_id INTEGER,
  run_id INTEGER,
  enr_dt DATE,
  wdr_dt DATE
);
CREATE TABLE exm (
  exm_id INTEGER,
  run_id INTEGER,
  exm_dt DATE,
  exm_typ VARCHAR,       -- one of: Written, Oral, Project
  dur_min INTEGER
);
CREATE TABLE exm_res (
  exm_id INTEGER,
  stu_id INTEGER,
  pts_no INTEGER,
  grd_no DECIMAL(2,1),
  is_pass BOOLEAN
);
CREATE TABLE fee_pmt (
  pmt_id INTEGER,
  stu_id INTEGER,
  due_dt DATE,
  pd_dt DATE,
  amt_eur DECIMAL(9,2)
);
COMMENT ON TABLE lect IS 'lecturers';
COMMENT ON TABLE stu IS 'students';
COMMENT ON TABLE crs IS 'courses';
COMMENT ON TABLE crs_run IS 'a course as held in one term';
COMMENT ON TABLE enr IS 'enrolments';
COMMENT ON TABLE exm IS 'exams';
COMMENT ON TABLE exm_res IS 'exam results, one for each student who sat the exam';
COMMENT ON TABLE fee_pmt IS 'tuition fees';
COMMENT ON COLUMN lect.rank_cd IS 'PROF = professor, SEN = senior lecturer, JUN = junior lecturer';
COMMENT ON COLUMN lect.sal_eur IS 'gross salary a month, EUR';
COMMENT ON COLUMN lect.is_pt IS 'works part-time';
COMMENT ON COLUMN stu.lvl_cd IS 'BSC = bachelor, MSC = master, PHD = doctorate';
COMMENT ON COLUMN stu.ctry_nm IS 'country of origin';
COMMENT ON COLUMN stu.adm_dt IS 'day of admission';
COMMENT ON COLUMN stu.grad_dt IS 'day of graduation, empty while still studying';
COMMENT ON COLUMN crs.ects_no IS 'credit points';
COMMENT ON COLUMN crs.lang_cd IS 'EN = English, DE = German';
COMMENT ON COLUMN crs_run.term_cd IS 'S = summer term, from March; W = winter term, from October';
COMMENT ON COLUMN enr.wdr_dt IS 'day of withdrawal from the course, empty when the student stayed';
COMMENT ON COLUMN exm.dur_min IS 'duration in minutes, empty for projects';
COMMENT ON COLUMN exm_res.pts_no IS 'points, 0 to 100';
COMMENT ON COLUMN exm_res.grd_no IS 'grade, 1.0 (best) to 5.0 (failed)';
COMMENT ON COLUMN fee_pmt.pd_dt IS 'day of payment, empty while unpaid';
