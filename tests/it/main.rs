mod pages;
mod support;
mod texts;
