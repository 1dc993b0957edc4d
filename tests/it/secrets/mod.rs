//! What is sealed, and that nothing sealed is found anywhere.

mod canaries;
mod entering;
mod free_text;
mod markup;
mod papers;
mod sealing;
mod sources;
