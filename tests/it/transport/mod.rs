//! The edge of the server: who is believed, what every answer carries, what odd requests and faults come to.

mod edge;
mod encrypted;
mod faults;
mod odd;
mod score;
