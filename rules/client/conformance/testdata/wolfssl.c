/* wolfSSL with its default verification: see driver_test.go for the lines. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void answer(const char *word, int code) {
	char text[WOLFSSL_MAX_ERROR_SZ] = "";
	if (code != 0)
		wolfSSL_ERR_error_string_n((unsigned long)code, text, sizeof text);
	printf("%s\t%d %s\n", word, code, text);
	fflush(stdout);
}

/* blames tells errors about certificates from all others. Those of the ASN.1
 * code stand together, but for the later ones. */
static int blames(int code) {
	if (code <= ASN_PARSE_E && code >= ASN_NO_PEM_HEADER)
		return 1;
	switch (code) {
	case ASN_NO_SIGNER_E:
	case ASN_NAME_INVALID_E:
	case ASN_NO_SKID:
	case ASN_NO_AKID:
	case ASN_NO_KEYUSAGE:
	case ASN_COUNTRY_SIZE_E:
	case ASN_PATHLEN_SIZE_E:
	case ASN_PATHLEN_INV_E:
	case ASN_SELF_SIGNED_E:
	case KEYUSAGE_E:
	case EXTKEYUSAGE_E:
	case EXTENSIONS_E:
	case VERIFY_CERT_ERROR:
	case NO_PEER_CERT:
	case DOMAIN_NAME_MISMATCH:
	case NOT_CA_ERROR:
	case KEYUSE_SIGNATURE_E:
	case KEYUSE_ENCIPHER_E:
	case EXTKEYUSE_AUTH_E:
	case RSA_KEY_SIZE_E:
	case ECC_KEY_SIZE_E:
	case MAX_CHAIN_ERROR: /* more entries than it has room for, and thus */
	case DECODE_E:
	case HANDSHAKE_SIZE_ERROR:
		return 1;
	}
	return 0;
}

/* Speaks TLS 1.2 unless told otherwise: over 1.3 this version reads a list of
 * ten entries to the end of the server's flight, and then neither answers nor
 * fails. */
static WOLFSSL_METHOD *(*method)(void) = wolfTLSv1_2_client_method;

static void connect_to(const char *host, const char *port, const char *store) {
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
	struct timeval patience = {.tv_sec = 30};
	WOLFSSL_CTX *context = wolfSSL_CTX_new(method());
	WOLFSSL *ssl = NULL;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int code;

	/* One by one, as it would stop at the first one that it does not like. */
	code = wolfSSL_CTX_load_verify_locations_ex(context, store, NULL, WOLFSSL_LOAD_FLAG_DATE_ERR_OKAY);
	if (code != WOLFSSL_SUCCESS && !blames(code)) {
		answer("error", code);
		goto end;
	}
	wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_PEER, NULL);
	wolfSSL_CTX_UseSNI(context, WOLFSSL_SNI_HOST_NAME, host, (unsigned short)strlen(host));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 || (ssl = wolfSSL_new(context)) == NULL) {
		answer("error", 0);
		goto end;
	}
	wolfSSL_check_domain_name(ssl, host);
	wolfSSL_set_fd(ssl, fd);
	if (wolfSSL_connect(ssl) == WOLFSSL_SUCCESS) {
		answer("accept", 0);
	} else {
		code = wolfSSL_get_error(ssl, 0);
		answer(blames(code) ? "reject" : "error", code);
	}
end:
	wolfSSL_free(ssl);
	wolfSSL_CTX_free(context);
	close(fd);
}

int main(int argc, char **argv) {
	char line[4096], host[256], port[8], store[3072];

	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && strcmp(argv[1], "any") == 0)
		method = wolfSSLv23_client_method;
	wolfSSL_Init();
	puts(wolfSSL_lib_version());
	fflush(stdout);
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "%255[^\t]\t%7[^\t]\t%3071[^\n]", host, port, store) != 3)
			return 1;
		connect_to(host, port, store);
	}
	wolfSSL_Cleanup();
	return 0;
}
