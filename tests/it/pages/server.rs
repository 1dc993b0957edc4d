//! The server with the fixture behind it, on a free port.

use std::net::SocketAddr;
use std::sync::Arc;

use pledgefund::domain::access::Asker;
use pledgefund::domain::people::{Institution, Office, Role};
use pledgefund::domain::sign_in::session::Stage;
use pledgefund::http::acts::{Act, Acted};
use pledgefund::http::door::{Caller, Door, DoorPage, From, Granted, Sender, Wish};
use pledgefund::http::error::PageError;
use pledgefund::http::forms::Submission;
use pledgefund::http::pages::{PageRequest, PageView, Pages};
use pledgefund::http::transport::Perimeter;
use pledgefund::http::{router, serve};
use pledgefund::i18n::Lang;
use pledgefund::render::Renderer;
use pledgefund::views::claims::ClaimListView;
use pledgefund::views::dashboard::DashboardView;
use pledgefund::views::fund::FundView;
use pledgefund::views::imports::ImportsView;
use pledgefund::views::jobs::JobsView;
use pledgefund::views::loans::LoanListView;
use pledgefund::views::mails::MailsView;
use pledgefund::views::rights::RightsView;
use pledgefund::views::sign_in::SignInView;

use tokio_rustls::TlsAcceptor;

use super::fixture;
use crate::support::desk::{self, Ticket};

/// A running server; stops in order with this value.
pub struct Server {
    pub address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What the data behind the server are.
#[derive(Clone, Copy)]
pub enum Data {
    Full,
    /// A fund on its first day.
    Empty,
    /// A database that is down.
    Down,
    /// A loader with a fault that must stay inside.
    Broken,
}

pub fn start(data: Data) -> Server {
    start_router(router::router(pages(data)))
}

/// The pages within an edge.
pub fn start_within(data: Data, perimeter: Perimeter) -> Server {
    start_router(router::router_within(pages(data), perimeter))
}

/// Any router.
pub fn start_router(routes: axum::Router) -> Server {
    start_encrypted(routes, None)
}

/// Any router, over encrypted connections where there is a certificate.
pub fn start_encrypted(routes: axum::Router, tls: Option<TlsAcceptor>) -> Server {
    let (tell, told) = std::sync::mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = serve::listen("127.0.0.1:0").await.unwrap();
            desk::sit_down(listener.local_addr().unwrap(), ticket());
            tell.send(listener.local_addr().unwrap()).unwrap();
            let ask = async move { stopped.await.unwrap_or(()) };
            serve::serve_encrypted(listener, routes, tls, ask).await.unwrap();
        });
    });
    Server { address: told.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).expect("the server still runs");
        }
        let ended = self.thread.take().expect("started once").join();
        assert!(ended.is_ok() || std::thread::panicking(), "the server ended badly");
    }
}

/// The pages of the fixture.
pub fn pages(data: Data) -> Pages {
    let load = move |request: PageRequest, _lang: Lang, _asker: &Asker| match data {
        Data::Full => full(request),
        Data::Empty => empty(request),
        Data::Down => Err(PageError::Unavailable { detail: "host=secret-db.internal refused".to_owned() }),
        Data::Broken => panic!("secret inside"),
    };
    // The fixture has nothing that could be changed: every form comes back as if it had been filled in wrongly.
    let act = |_act: Act, _lang: Lang, _asker: &Asker, _from: &From| {
        let mut view = fixture::imports();
        view.form.errors = fixture::form_errors();
        Ok(Acted::Again(PageView::Imports(Box::new(view))))
    };
    let renderer = Arc::new(Renderer::new().expect("templates compile"));
    Pages {
        act: Arc::new(act),
        load: Arc::new(load),
        door: Arc::new(OpenDoor),
        renderer,
        api: pledgefund::http::api::Api::closed(),
    }
}

/// The session of whoever looks at the fixture.
pub fn ticket() -> Ticket {
    Ticket { token: "a".repeat(64), guard: "b".repeat(64), secret: Vec::new() }
}

/// A door that knows one person, who may see everything that is on a page.
struct OpenDoor;

impl Door for OpenDoor {
    fn known(&self, token: &str) -> Result<Option<Caller>, PageError> {
        let office = |role| Office {
            person: "王丽".to_owned(),
            role,
            institution: Institution::Fund,
            level: None,
            stands_in_for: None,
            under_return: None,
        };
        Ok((token == ticket().token).then(|| Caller {
            asker: Asker::person("王丽", vec![office(Role::FundAdministrator)]),
            stage: Stage::Full,
            form_secret: ticket().guard,
            is_stepped_up: true,
            session_id: "session".to_owned(),
        }))
    }

    fn show(&self, _page: DoorPage, _from: &From, _lang: Lang) -> Result<SignInView, PageError> {
        Ok(SignInView::default())
    }

    fn grant(&self, _wish: Wish, _from: &From) -> Result<Granted, PageError> {
        Ok(Granted::Refused("wrong"))
    }

    fn remember(&self, _sender: Sender<'_>, _address: &str, _form: &Submission) -> Result<bool, PageError> {
        Ok(false)
    }
}

fn full(request: PageRequest) -> Result<PageView, PageError> {
    let known = |id: &str, wanted: &str| if id == wanted { Ok(()) } else { Err(PageError::NotFound) };
    Ok(match request {
        PageRequest::Dashboard => PageView::Dashboard(Box::new(fixture::dashboard())),
        PageRequest::Loans(_) => PageView::Loans(Box::new(fixture::loans())),
        PageRequest::Loan(id) => {
            known(&id, fixture::LOAN)?;
            PageView::Loan(Box::new(fixture::loan()))
        }
        PageRequest::Claims(_) => PageView::Claims(Box::new(fixture::claims())),
        PageRequest::Claim(id) if id == "refused" => PageView::Claim(Box::new(fixture::refused_claim())),
        PageRequest::Claim(id) => {
            known(&id, fixture::CLAIM)?;
            PageView::Claim(Box::new(fixture::claim()))
        }
        PageRequest::Fund(_) => PageView::Fund(Box::new(fixture::fund())),
        PageRequest::Jobs(_) => PageView::Jobs(Box::new(fixture::jobs())),
        PageRequest::Rights(_) => PageView::Rights(Box::new(fixture::rights())),
        PageRequest::Mails(_) => PageView::Mails(Box::new(fixture::mails())),
        PageRequest::Mail(id) => {
            known(&id, fixture::MAIL)?;
            PageView::Mail(Box::new(fixture::mail()))
        }
        PageRequest::MailBody(_) => PageView::Bare(fixture::MAIL_BODY.to_owned()),
        PageRequest::MailRaw(_) => PageView::MailRaw(b"Subject: x\r\n\r\nbody".to_vec()),
        PageRequest::Imports(_) => PageView::Imports(Box::new(fixture::imports())),
        PageRequest::Sheet(_) | PageRequest::SignedSheet(_) => return Err(PageError::NotFound),
        PageRequest::Marked(_) | PageRequest::Template(..) | PageRequest::List(..) => return Err(PageError::NotFound),
        PageRequest::Layout(_) => PageView::Layout(Box::new(fixture::layout())),
        PageRequest::Upload(id) => PageView::Upload(Box::new(fixture::upload(&id).ok_or(PageError::NotFound)?)),
        PageRequest::Named(_) => return Err(PageError::NotFound),
        PageRequest::Health => PageView::Health(fixture::health()),
    })
}

fn empty(request: PageRequest) -> Result<PageView, PageError> {
    Ok(match request {
        PageRequest::Dashboard => PageView::Dashboard(Box::<DashboardView>::default()),
        PageRequest::Loans(_) => PageView::Loans(Box::<LoanListView>::default()),
        PageRequest::Claims(_) => PageView::Claims(Box::<ClaimListView>::default()),
        PageRequest::Fund(_) => PageView::Fund(Box::<FundView>::default()),
        PageRequest::Jobs(_) => PageView::Jobs(Box::<JobsView>::default()),
        PageRequest::Rights(_) => PageView::Rights(Box::<RightsView>::default()),
        PageRequest::Mails(_) => PageView::Mails(Box::<MailsView>::default()),
        PageRequest::Imports(_) => PageView::Imports(Box::<ImportsView>::default()),
        _ => return Err(PageError::NotFound),
    })
}
