//! stub
use crate::app::App;
use crate::http::error::PageError;
use crate::http::pages::{PageRequest, PageView};
use crate::i18n::Lang;
/// x
pub fn load(_app: &App, _request: PageRequest, _lang: Lang) -> Result<PageView, PageError> {
    Err(PageError::NotFound)
}
