/* BearSSL with its minimal X.509 engine: see driver_test.go for the lines. */
#include <arpa/inet.h>
#include <bearssl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { MOST_ANCHORS = 64, MOST_BYTES = 1 << 17 };

static struct {
	br_x509_trust_anchor list[MOST_ANCHORS];
	size_t count;
} anchors;

/* A buffer that what is decoded is appended to. */
struct buffer {
	unsigned char bytes[MOST_BYTES];
	size_t length;
};

static void append(void *context, const void *data, size_t length) {
	struct buffer *b = context;
	if (b->length + length <= sizeof b->bytes) {
		memcpy(b->bytes + b->length, data, length);
		b->length += length;
	}
}

static void *copy(const void *data, size_t length) {
	void *p = malloc(length);
	memcpy(p, data, length);
	return p;
}

/* add makes an anchor of a certificate: BearSSL knows its name, its key, and
 * whether it is a CA's. What it cannot read is left out. */
static void add(const struct buffer *der) {
	static struct buffer name;
	br_x509_decoder_context decoder;
	br_x509_trust_anchor *a = &anchors.list[anchors.count];
	const br_x509_pkey *key;

	name.length = 0;
	br_x509_decoder_init(&decoder, append, &name);
	br_x509_decoder_push(&decoder, der->bytes, der->length);
	if ((key = br_x509_decoder_get_pkey(&decoder)) == NULL || anchors.count == MOST_ANCHORS)
		return;
	a->dn.data = copy(name.bytes, name.length);
	a->dn.len = name.length;
	a->flags = br_x509_decoder_isCA(&decoder) ? BR_X509_TA_CA : 0;
	a->pkey = *key;
	if (key->key_type == BR_KEYTYPE_RSA) {
		a->pkey.key.rsa.n = copy(key->key.rsa.n, key->key.rsa.nlen);
		a->pkey.key.rsa.e = copy(key->key.rsa.e, key->key.rsa.elen);
	} else {
		a->pkey.key.ec.q = copy(key->key.ec.q, key->key.ec.qlen);
	}
	anchors.count++;
}

static void forget(void) {
	for (size_t i = 0; i < anchors.count; i++) {
		br_x509_trust_anchor *a = &anchors.list[i];
		free(a->dn.data);
		if (a->pkey.key_type == BR_KEYTYPE_RSA) {
			free(a->pkey.key.rsa.n);
			free(a->pkey.key.rsa.e);
		} else {
			free(a->pkey.key.ec.q);
		}
	}
	anchors.count = 0;
}

static int load(const char *path) {
	static struct buffer text, der;
	br_pem_decoder_context decoder;
	FILE *file = fopen(path, "rb");
	size_t at = 0;

	if (file == NULL)
		return 0;
	text.length = fread(text.bytes, 1, sizeof text.bytes, file);
	fclose(file);
	br_pem_decoder_init(&decoder);
	while (at < text.length) {
		at += br_pem_decoder_push(&decoder, text.bytes + at, text.length - at);
		switch (br_pem_decoder_event(&decoder)) {
		case BR_PEM_BEGIN_OBJ:
			der.length = 0;
			br_pem_decoder_setdest(&decoder, append, &der);
			break;
		case BR_PEM_END_OBJ:
			add(&der);
			break;
		}
	}
	return 1;
}

static int receive(void *context, unsigned char *data, size_t length) {
	ssize_t n = read(*(int *)context, data, length);
	return n > 0 ? (int)n : -1;
}

static int transmit(void *context, const unsigned char *data, size_t length) {
	ssize_t n = write(*(int *)context, data, length);
	return n > 0 ? (int)n : -1;
}

static void connect_to(const char *host, const char *port, const char *store) {
	static br_ssl_client_context client;
	static br_x509_minimal_context verifier;
	static unsigned char records[BR_SSL_BUFSIZE_BIDI];
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
	struct timeval patience = {.tv_sec = 30};
	br_sslio_context io;
	int fd = socket(AF_INET, SOCK_STREAM, 0), code;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (!load(store) || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		printf("error\tcannot begin\n");
	} else {
		br_ssl_client_init_full(&client, &verifier, anchors.list, anchors.count);
		br_ssl_engine_set_buffer(&client.eng, records, sizeof records, 1);
		br_ssl_client_reset(&client, host, 0);
		br_sslio_init(&io, &client.eng, receive, &fd, transmit, &fd);
		br_sslio_flush(&io); /* shakes hands first */
		code = br_ssl_engine_last_error(&client.eng);
		if (code == BR_ERR_OK)
			printf("accept\t\n");
		else if (code >= BR_ERR_X509_OK && code < BR_ERR_X509_OK + 32)
			printf("reject\tX.509 error %d\n", code);
		else
			printf("error\terror %d\n", code);
	}
	fflush(stdout);
	forget();
	close(fd);
}

int main(void) {
	char line[4096], host[256], port[8], store[3072];

	signal(SIGPIPE, SIG_IGN);
	puts("BearSSL"); /* which does not tell its version */
	fflush(stdout);
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "%255[^\t]\t%7[^\t]\t%3071[^\n]", host, port, store) != 3)
			return 1;
		connect_to(host, port, store);
	}
	return 0;
}
