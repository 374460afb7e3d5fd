"""Python's ssl module as people use it: see driver_test.go for the lines."""
import platform
import socket
import ssl
import sys


# Since 3.13 these are the default.
flags = ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN if sys.argv[1:] == ["strict"] else 0


def connect(host, port, store):
    context = ssl.create_default_context(cafile=store)
    context.verify_flags |= flags
    with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as plain:
        with context.wrap_socket(plain, server_hostname=host):
            return "accept", ""


print(platform.python_version(), ssl.OPENSSL_VERSION, flush=True)
for line in sys.stdin:
    try:
        word, message = connect(*line.rstrip("\n").split("\t"))
    except ssl.SSLCertVerificationError as e:
        word, message = "reject", e.verify_message
    except ssl.SSLError as e:
        # An entry that cannot be parsed is told by OpenSSL's ASN.1 library.
        asn1 = "ASN1" in str(e) or "asn1" in str(e) or "NESTED_ASN1" in str(e)
        word, message = "reject" if asn1 else "error", str(e)
    except OSError as e:
        word, message = "error", str(e)
    print(word, message.replace("\n", " ").replace("\t", " "), sep="\t", flush=True)
