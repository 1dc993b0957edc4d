//! What is sealed, and that nothing sealed is found anywhere.

mod canaries;
mod papers;
mod sealing;
mod sources;
