//! Starting a process and coming to terms with it: handshake, TLS, connection.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::process::ChildStdout;
use tokio::sync::{OnceCell, watch};
use tokio_rustls::TlsConnector;

use super::grpc::{Channel, GrpcError};
use super::handshake::{self, Address, Handshake};
use super::process::{Launch, Process, drain};
use super::{Identity, Limits, Plugin, Reaper, Stopping, stdio, tls};
use crate::StartError;

/// What a provider is started with.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    /// The provider, as people write it.
    pub(crate) name: Arc<str>,
    pub(crate) binary: &'a Path,
    pub(crate) working_dir: &'a Path,
    /// All variables that the process sees, but for those of the plugin library.
    pub(crate) environment: &'a [(String, String)],
    pub(crate) identity: &'a Identity,
    pub(crate) reaper: &'a Reaper,
    pub(crate) limits: Limits,
}

impl Start<'_> {
    /// Starts the process and connects to it.
    pub(crate) async fn plugin(self) -> Result<Plugin, StartError> {
        let [min, max] = handshake::PORTS;
        let additions = [
            handshake::MAGIC_COOKIE,
            handshake::PROTOCOL_VERSIONS,
            min,
            max,
            (handshake::CLIENT_CERT, self.identity.pem()),
        ];
        let launch = Launch {
            binary: self.binary,
            working_dir: self.working_dir,
            environment: self.environment,
            additions: &additions,
            reaper: self.reaper,
        };
        let (process, stdout) =
            Process::start(&launch).map_err(|error| self.not_started(&error))?;
        let connected = tokio::select! {
            connected = tokio::time::timeout(self.limits.handshake, self.connect(&process, stdout)) => {
                connected.unwrap_or_else(|_| {
                    Err(format!("it did not tell its address within {} s", self.limits.handshake.as_secs()))
                })
            }
            exit = process.ended() => Err(format!("{} before it told its address", exit.0)),
        };
        match connected {
            Ok((handshake, channel)) => Ok(self.running(&handshake, channel, process)),
            Err(message) => {
                let last_lines = process.lines().last();
                Err(StartError { provider: self.name, message, last_lines })
            }
        }
    }

    fn not_started(&self, error: &std::io::Error) -> StartError {
        let binary = self.binary.display();
        let dir = self.working_dir.display();
        let message = format!("{binary} could not be started in {dir}: {error}");
        StartError { provider: self.name.clone(), message, last_lines: Vec::new() }
    }

    fn running(self, handshake: &Handshake, channel: Channel, process: Process) -> Plugin {
        tokio::spawn(stdio::follow(channel.clone(), process.lines().clone()));
        Plugin {
            name: self.name,
            protocol: handshake.protocol,
            channel,
            process,
            limits: self.limits,
            schemas: OnceCell::new(),
            asked: OnceCell::new(),
            late_functions: OnceCell::new(),
            stopped: watch::channel(Stopping::Not).0,
            closed: AtomicBool::new(false),
        }
    }

    async fn connect(
        &self,
        process: &Process,
        stdout: ChildStdout,
    ) -> Result<(Handshake, Channel), String> {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        let limited =
            (&mut reader).take(handshake::LINE_BYTES_MAX as u64).read_line(&mut line).await;
        limited.map_err(|error| format!("its address could not be read: {error}"))?;
        if line.is_empty() {
            // It closed its output: mostly because it is ending, which tells more.
            return Err(process.ended().await.0 + " before it told its address");
        }
        tokio::spawn(drain(reader, process.lines().clone()));
        let mut handshake = handshake::parse(&line)?;
        let certificate = handshake.certificate.take();
        let channel = match &handshake.address {
            Address::Unix(path) => self.over(UnixStream::connect(path).await, certificate).await,
            Address::Tcp(address) => {
                self.over(TcpStream::connect(address).await, certificate).await
            }
        };
        channel.map(|channel| (handshake, channel))
    }

    async fn over<S>(
        &self,
        stream: std::io::Result<S>,
        certificate: Option<Vec<u8>>,
    ) -> Result<Channel, String>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let stream = stream.map_err(|error| format!("it could not be connected to: {error}"))?;
        let connected: Result<Channel, GrpcError> = match certificate {
            None => Channel::connect(stream).await,
            Some(certificate) => {
                let config = self.identity.client(certificate);
                let config =
                    config.map_err(|error| format!("its certificate is of no use: {error}"))?;
                let name: ServerName<'static> = tls::server_name();
                let secured = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
                Channel::connect(secured.map_err(|error| format!("TLS failed: {error}"))?).await
            }
        };
        connected.map_err(|error| error.text())
    }
}
