//! rustls with webpki and its default provider: see driver_test.go for the lines.
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, Error, RootCertStore, Stream};
use std::io::{self, BufRead, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// What rustls blames, or what else went wrong.
enum Trouble {
    Certificate(String),
    Other(String),
}

impl From<io::Error> for Trouble {
    fn from(e: io::Error) -> Self {
        match e.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(Error::InvalidCertificate(why)) => Trouble::Certificate(format!("{why:?}")),
            Some(other) => Trouble::Other(format!("{other:?}")),
            None => Trouble::Other(e.to_string()),
        }
    }
}

fn connect(host: &str, port: &str, store: &str) -> Result<(), Trouble> {
    let other = |e: &dyn std::fmt::Debug| Trouble::Other(format!("{e:?}"));
    let mut roots = RootCertStore::empty();
    for anchor in CertificateDer::pem_file_iter(store).map_err(|e| other(&e))? {
        // One that it cannot read is no anchor for it.
        let _ = roots.add(anchor.map_err(|e| other(&e))?);
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|e| other(&e))?;
    let mut tls = ClientConnection::new(Arc::new(config), name).map_err(|e| other(&e))?;
    let mut plain = TcpStream::connect(("127.0.0.1", port.parse().map_err(|e| other(&e))?))?;
    plain.set_read_timeout(Some(Duration::from_secs(30)))?;
    while tls.is_handshaking() {
        tls.complete_io(&mut plain)?;
    }
    Stream::new(&mut tls, &mut plain).write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    Ok(())
}

fn main() {
    let version = option_env!("RUSTLS_VERSION").unwrap_or("rustls");
    println!("{version}");
    for line in io::stdin().lock().lines() {
        let line = line.expect("a line");
        let mut words = line.split('\t');
        let mut word = || words.next().expect("host, port and store");
        let answer = match connect(word(), word(), word()) {
            Ok(()) => "accept\t".to_owned(),
            Err(Trouble::Certificate(why)) => format!("reject\t{why}"),
            Err(Trouble::Other(why)) => format!("error\t{why}"),
        };
        println!("{}", answer.replace('\n', " "));
        io::stdout().flush().expect("somebody listens");
    }
}
