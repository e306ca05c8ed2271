//! The rows of the policy, article by article: what is granted, and what each misuse gets.
//!
//! A test carries the row's id, so that "which test proves Article 8?" has an answer.

#![expect(clippy::expect_used, clippy::panic, reason = "a test whose scene can't be set has failed")]

#[path = "../common/mod.rs"]
mod common;

mod a02_access;
mod a03;
mod a04;
mod a04_card;
mod a05;
mod a05_handover;
mod a06;
mod a06_erasure;
mod a06_proof;
mod a06_scans;
mod a07;
mod a08_approval;
mod a08_deputies;
mod a08_devices;
mod a08_factors;
mod a08_lists;
mod a08_staff;
mod a08_unlock;
mod a09;
mod a09_leaving;
mod a09_review;
mod a09_scans;
mod a10;
mod a12;
mod a12_files;
mod a12_gone;
mod a12_posture;
mod a12_suspension;
mod a12_takeout;
mod a12_takeout_files;
mod a13;
mod a14;
mod a15_training;
mod attacks;
mod history;
mod logs;
mod release;
mod s1;
mod s2;
mod s3;
mod s4;
mod s5;
mod s6;
mod s7;
mod s8;
mod sealing;
mod u1;
mod views;
