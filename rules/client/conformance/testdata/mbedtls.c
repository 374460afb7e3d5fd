/* Mbed TLS with its default verification: see driver_test.go for the lines. */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_source;

static void answer(const char *word, int code, unsigned flags) {
	char text[200] = "";
	if (code != 0)
		mbedtls_strerror(code, text, sizeof text);
	printf("%s\t-0x%04x %s flags 0x%x\n", word, (unsigned)-code, text, flags);
	fflush(stdout);
}

/* blames tells errors about certificates from all others. */
static int blames(int code) {
	int high = -(-code & 0x7f80);
	return code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || code == MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE ||
	       code == MBEDTLS_ERR_X509_FATAL_ERROR || (high <= MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE && high >= -0x3000);
}

static void connect_to(const char *host, const char *port, const char *store) {
	mbedtls_net_context net;
	mbedtls_ssl_context ssl;
	mbedtls_ssl_config config;
	mbedtls_x509_crt anchors;
	int code;

	mbedtls_net_init(&net);
	mbedtls_ssl_init(&ssl);
	mbedtls_ssl_config_init(&config);
	mbedtls_x509_crt_init(&anchors);
	/* A positive result is the number of anchors it cannot read, and goes on
	 * without; a negative one means that it has none at all. */
	if ((code = mbedtls_x509_crt_parse_file(&anchors, store)) < 0 && !blames(code)) {
		answer("error", code, 0);
		goto end;
	}
	if ((code = mbedtls_net_connect(&net, "127.0.0.1", port, MBEDTLS_NET_PROTO_TCP)) != 0 ||
	    (code = mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
	                                        MBEDTLS_SSL_PRESET_DEFAULT)) != 0) {
		answer("error", code, 0);
		goto end;
	}
	mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
	mbedtls_ssl_conf_ca_chain(&config, &anchors, NULL);
	mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random_source);
	mbedtls_ssl_conf_read_timeout(&config, 30000);
	if ((code = mbedtls_ssl_setup(&ssl, &config)) != 0 || (code = mbedtls_ssl_set_hostname(&ssl, host)) != 0) {
		answer("error", code, 0);
		goto end;
	}
	mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, NULL, mbedtls_net_recv_timeout);
	while ((code = mbedtls_ssl_handshake(&ssl)) == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE)
		;
	if (code == 0)
		answer("accept", 0, mbedtls_ssl_get_verify_result(&ssl));
	else
		answer(blames(code) ? "reject" : "error", code, mbedtls_ssl_get_verify_result(&ssl));
end:
	mbedtls_ssl_close_notify(&ssl);
	mbedtls_ssl_free(&ssl);
	mbedtls_ssl_config_free(&config);
	mbedtls_x509_crt_free(&anchors);
	mbedtls_net_free(&net);
}

int main(void) {
	char version[9], line[4096], host[256], port[8], store[3072];

	signal(SIGPIPE, SIG_IGN);
	mbedtls_entropy_init(&entropy);
	mbedtls_ctr_drbg_init(&random_source);
	if (mbedtls_ctr_drbg_seed(&random_source, mbedtls_entropy_func, &entropy, NULL, 0) != 0)
		return 1;
	mbedtls_version_get_string(version);
	puts(version);
	fflush(stdout);
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "%255[^\t]\t%7[^\t]\t%3071[^\n]", host, port, store) != 3)
			return 1;
		connect_to(host, port, store);
	}
	return 0;
}
