//! Webhooks: told once an event is committed, signed, tried again, kept apart by bank, and never to an inner address.

mod deliveries;
mod targets;
