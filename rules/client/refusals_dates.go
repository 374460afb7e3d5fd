package client

import "github.com/tlschain/tlschain/rules/cert"

// dateRefusals is about the forms of dates, and dates out of the usual range.
var dateRefusals = []refusal{
	{cert.NoEnd, everywhere, "botan"}, // [dL-9999]
	{cert.TimeNoSeconds, path, "openssl boringssl mbedtls wolfssl botan chrome firefox apple android"}, // [dI-nosec]
	{cert.TimeNoSeconds, path, "bearssl"},
	{cert.TimeNoSeconds, sent, "rustls"},                                                              // [dI-nosec]
	{cert.TimeNoSeconds, list, "bun node-24 mbedtls botan"},                                           // [dI-nosec]
	{cert.TimeOffset, path, "openssl boringssl mbedtls gnutls botan go chrome firefox apple android"}, // [dL-offset]
	{cert.TimeOffset, path, "bearssl"},
	{cert.TimeOffset, sent, "rustls"},                                                                  // [dL-offset]
	{cert.TimeOffset, list, "mbedtls gnutls botan go"},                                                 // [dL-offset]
	{cert.TimeNoZone, path, "openssl boringssl gnutls nss botan go java chrome firefox apple android"}, // [dL-nozone]
	{cert.TimeNoZone, path, "bearssl"},
	{cert.TimeNoZone, sent, "rustls wolfssl"},                                                                   // [dL-nozone]
	{cert.TimeNoZone, list, "bun node-24 gnutls botan go java"},                                                 // [dL-nozone]
	{cert.TimeNoSuchDay, path, "openssl !openssl-1.0 !openssl-1.1.0 mbedtls botan go chrome firefox bun apple"}, // [dL-feb30]
	{cert.TimeNoSuchDay, sent, "bearssl rustls"},                                                                // [dL-feb30]
	{cert.TimeNoSuchDay, list, "bun mbedtls botan go"},                                                          // [dL-feb30]
	{cert.TimeSecond60, path, "openssl boringssl mbedtls nss botan go java firefox apple android"},              // [dL-sec60]
	{cert.TimeSecond60, sent, "rustls"},                                                                         // [dL-sec60]
	{cert.TimeSecond60, list, "bun mbedtls botan go java"},                                                      // [dL-sec60]
	{cert.TimeBefore1950, path, "botan firefox"},                                                                // [dL-1900]
	{cert.TimeBefore1950, sent, "rustls"},                                                                       // [dL-1900]
	{cert.TimeYear0, path, "botan firefox"},                                                                     // [dL-0000]
	{cert.TimeYear0, sent, "rustls"},                                                                            // [dL-0000]
	// [a fraction of a second]
	{cert.TimeFraction, path, "openssl boringssl mbedtls gnutls nss wolfssl botan go chrome firefox apple android"},
	// [a fraction of a second]
	{cert.TimeFraction, sent, "rustls"},
	// [a fraction of a second]
	{cert.TimeFraction, list, "mbedtls gnutls botan go"},
}
