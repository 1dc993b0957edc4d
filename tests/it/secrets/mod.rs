//! What is sealed, and that nothing sealed is found anywhere.

mod canaries;
mod markup;
mod papers;
mod sealing;
mod sources;
