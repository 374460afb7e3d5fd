// Botan with its default verification: see driver_test.go for the lines.
#include <arpa/inet.h>
#include <botan/auto_rng.h>
#include <botan/certstor.h>
#include <botan/credentials_manager.h>
#include <botan/data_src.h>
#include <botan/tls_callbacks.h>
#include <botan/tls_client.h>
#include <botan/tls_exceptn.h>
#include <botan/tls_session_manager.h>
#include <botan/version.h>
#include <botan/x509path.h>
#include <csignal>
#include <iostream>
#include <memory>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

struct Trouble : std::runtime_error {
	using std::runtime_error::runtime_error;
};

// The anchors of one connection. What cannot be read is left out.
class Anchors : public Botan::Credentials_Manager {
public:
	explicit Anchors(const std::string &path) {
		Botan::DataSource_Stream file(path);
		while (!file.end_of_data()) {
			try {
				store.add_certificate(Botan::X509_Certificate(file));
			} catch (const Botan::Exception &) {
			}
		}
	}
	std::vector<Botan::Certificate_Store *> trusted_certificate_authorities(const std::string &, const std::string &) override {
		return {&store};
	}

private:
	Botan::Certificate_Store_In_Memory store;
};

// No revocation, as nobody has any information about it.
class Policy : public Botan::TLS::Policy {
public:
	bool require_cert_revocation_info() const override { return false; }
};

class Connection : public Botan::TLS::Callbacks {
public:
	explicit Connection(int fd) : fd(fd) {}
	bool established = false, blamed = false;

	void tls_emit_data(const uint8_t data[], size_t size) override {
		while (size > 0) {
			ssize_t n = write(fd, data, size);
			if (n <= 0)
				throw Trouble("the server hung up");
			data += n, size -= static_cast<size_t>(n);
		}
	}
	void tls_record_received(uint64_t, const uint8_t[], size_t) override {}
	void tls_alert(Botan::TLS::Alert) override {}
	bool tls_session_established(const Botan::TLS::Session &) override {
		established = true;
		return false;
	}
	void tls_verify_cert_chain(const std::vector<Botan::X509_Certificate> &chain,
	                           const std::vector<std::shared_ptr<const Botan::OCSP::Response>> &ocsp,
	                           const std::vector<Botan::Certificate_Store *> &roots, Botan::Usage_Type usage,
	                           const std::string &host, const Botan::TLS::Policy &policy) override {
		try {
			Callbacks::tls_verify_cert_chain(chain, ocsp, roots, usage, host, policy);
		} catch (...) {
			blamed = true;
			throw;
		}
	}

private:
	int fd;
};

std::string oneLine(std::string text) {
	for (char &c : text)
		if (c == '\n' || c == '\t')
			c = ' ';
	return text;
}

std::string connectTo(Botan::RandomNumberGenerator &random, const std::string &host, uint16_t port, const std::string &store, int fd) {
	sockaddr_in address{};
	address.sin_family = AF_INET;
	address.sin_port = htons(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	timeval patience{30, 0};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
		return "error\tcannot connect";

	Connection connection(fd);
	try {
		Anchors anchors(store);
		Policy policy;
		Botan::TLS::Session_Manager_Noop sessions;
		// An address is no name to Botan's own tls_client, and not checked.
		in_addr unused;
		const std::string name = inet_pton(AF_INET, host.c_str(), &unused) == 1 ? "" : host;
		Botan::TLS::Client client(connection, sessions, anchors, policy, random, Botan::TLS::Server_Information(name, port),
		                          Botan::TLS::Protocol_Version::TLS_V12);
		uint8_t buffer[4096];
		while (!connection.established) {
			ssize_t n = read(fd, buffer, sizeof buffer);
			if (n <= 0)
				return "error\tthe server hung up";
			client.received_data(buffer, static_cast<size_t>(n));
		}
		client.close();
		return "accept\t";
	} catch (const Botan::TLS::TLS_Exception &e) {
		const bool certificate = e.type() == Botan::TLS::Alert::BAD_CERTIFICATE;
		return (connection.blamed || certificate ? "reject\t" : "error\t") + oneLine(e.what());
	} catch (const Botan::Decoding_Error &e) {
		return "reject\t" + oneLine(e.what()); // the list, as nothing else here is odd
	} catch (const std::exception &e) {
		return (connection.blamed ? "reject\t" : "error\t") + oneLine(e.what());
	}
}

}

int main() {
	std::signal(SIGPIPE, SIG_IGN);
	std::cout << Botan::short_version_string() << std::endl;
	Botan::AutoSeeded_RNG random;
	for (std::string line; std::getline(std::cin, line);) {
		std::istringstream words(line);
		std::string host, port, store;
		if (!(std::getline(words, host, '\t') && std::getline(words, port, '\t') && std::getline(words, store)))
			return 1;
		const int fd = socket(AF_INET, SOCK_STREAM, 0);
		std::cout << connectTo(random, host, static_cast<uint16_t>(std::stoi(port)), store, fd) << std::endl;
		close(fd);
	}
}
