//! Files sent through the pages: looked at, decided on, imported in the background.

mod books;
mod browsing;
mod crash;
mod decisions;
mod downloads;
mod fences;
mod forms;
mod incomplete;
mod layouts;
mod typed;
mod undoing;
