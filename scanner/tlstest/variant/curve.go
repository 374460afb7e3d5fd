package variant

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"io"
	"math/big"
)

// A curve is y² = x³ + ax + b over a prime field. Nothing is constant-time:
// there is no secret to keep.
type curve struct {
	name, id           string
	size               int // bytes of a coordinate
	p, a, b, n, gx, gy *big.Int
}

// curves lists those of SEC 2, FIPS 186-4 and RFC 5639 that are used here.
func curves() map[string]*curve {
	out := map[string]*curve{}
	for _, c := range []struct{ name, id, p, a, b, n, gx, gy string }{
		{"p192", "1.2.840.10045.3.1.1", "fffffffffffffffffffffffffffffffeffffffffffffffff", "fffffffffffffffffffffffffffffffefffffffffffffffc",
			"64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1", "ffffffffffffffffffffffff99def836146bc9b1b4d22831",
			"188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012", "07192b95ffc8da78631011ed6b24cdd573f977a11e794811"},
		{"secp256k1", "1.3.132.0.10", "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", "0", "7",
			"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
			"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
			"483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"},
		{"bp256", "1.3.36.3.3.2.8.1.1.7", "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
			"7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
			"26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
			"a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
			"8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
			"547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997"},
		{"bp384", "1.3.36.3.3.2.8.1.1.11", "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
			"7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
			"04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
			"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
			"1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
			"8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315"},
		{"bp512", "1.3.36.3.3.2.8.1.1.13",
			"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
			"7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
			"3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
			"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
			"81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
			"7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892"},
	} {
		n := func(text string) *big.Int {
			v, ok := new(big.Int).SetString(text, 16)
			if !ok {
				panic(c.name)
			}
			return v
		}
		made := &curve{c.name, c.id, 0, n(c.p), n(c.a), n(c.b), n(c.n), n(c.gx), n(c.gy)}
		out[c.name] = made
	}
	for id, c := range map[string]elliptic.Curve{"1.3.132.0.33": elliptic.P224(), "1.2.840.10045.3.1.7": elliptic.P256(),
		"1.3.132.0.34": elliptic.P384(), "1.3.132.0.35": elliptic.P521()} {
		p := c.Params()
		name := "p" + p.Name[2:]
		out[name] = &curve{name, id, 0, p.P, new(big.Int).Sub(p.P, big.NewInt(3)), p.B, p.N, p.Gx, p.Gy}
	}
	for _, c := range out {
		c.size = (c.p.BitLen() + 7) / 8
	}
	return out
}

// add is the sum of two points; a nil x is the point at infinity.
func (c *curve) add(x1, y1, x2, y2 *big.Int) (x, y *big.Int) {
	switch {
	case x1 == nil:
		return x2, y2
	case x2 == nil:
		return x1, y1
	}
	slope := new(big.Int)
	if x1.Cmp(x2) == 0 {
		if y1.Cmp(y2) != 0 {
			return nil, nil
		}
		slope.Mul(x1, x1).Mul(slope, big.NewInt(3)).Add(slope, c.a)
		slope.Mul(slope, new(big.Int).ModInverse(new(big.Int).Lsh(y1, 1), c.p))
	} else {
		run := new(big.Int).Sub(x2, x1)
		slope.Sub(y2, y1).Mul(slope, run.ModInverse(run.Mod(run, c.p), c.p))
	}
	slope.Mod(slope, c.p)
	x = new(big.Int).Mul(slope, slope)
	x.Sub(x, x1).Sub(x, x2).Mod(x, c.p)
	y = new(big.Int).Sub(x1, x)
	y.Mul(y, slope).Sub(y, y1).Mod(y, c.p)
	return x, y
}

// times multiplies the generator. Curves that Go knows are quicker its way.
func (c *curve) times(k *big.Int) (x, y *big.Int) {
	if quick := map[string]ecdh.Curve{"p256": ecdh.P256(), "p384": ecdh.P384(), "p521": ecdh.P521()}[c.name]; quick != nil {
		if key, err := quick.NewPrivateKey(k.FillBytes(make([]byte, c.size))); err == nil {
			point := key.PublicKey().Bytes()[1:]
			return new(big.Int).SetBytes(point[:c.size]), new(big.Int).SetBytes(point[c.size:])
		}
	}
	px, py := c.gx, c.gy
	for i := range k.BitLen() {
		if k.Bit(i) == 1 {
			x, y = c.add(x, y, px, py)
		}
		px, py = c.add(px, py, px, py)
	}
	return x, y
}

// scalar takes a number from 1 to the order.
func (c *curve) scalar(stream io.Reader) *big.Int {
	raw := make([]byte, (c.n.BitLen()+7)/8+8)
	io.ReadFull(stream, raw)
	k := new(big.Int).SetBytes(raw)
	k.Mod(k, new(big.Int).Sub(c.n, big.NewInt(1)))
	return k.Add(k, big.NewInt(1))
}

// sign is ECDSA with a nonce that follows from key and digest.
func (c *curve) sign(d *big.Int, digest []byte) []byte {
	z := new(big.Int).SetBytes(digest)
	if excess := 8*len(digest) - c.n.BitLen(); excess > 0 {
		z.Rsh(z, uint(excess))
	}
	sum := sha256.Sum256(append(d.Bytes(), digest...))
	nonce := seed(c.name, string(sum[:]))
	k := new(big.Int).SetBytes(append(nonce[:], sum[:]...))
	k.Mod(k, new(big.Int).Sub(c.n, big.NewInt(1))).Add(k, big.NewInt(1))
	r, _ := c.times(k)
	r.Mod(r, c.n)
	s := new(big.Int).Mul(r, d)
	s.Add(s, z).Mul(s, new(big.Int).ModInverse(k, c.n)).Mod(s, c.n)
	return sequence(positive(r), positive(s))
}

// point is the uncompressed form; "compressed" and "hybrid" are the others of
// X9.62.
func (c *curve) point(x, y *big.Int, form string) []byte {
	rawX, rawY := x.FillBytes(make([]byte, c.size)), y.FillBytes(make([]byte, c.size))
	switch form {
	case "compressed":
		return append([]byte{2 | byte(y.Bit(0))}, rawX...)
	case "hybrid":
		return append(append([]byte{6 | byte(y.Bit(0))}, rawX...), rawY...)
	}
	return append(append([]byte{4}, rawX...), rawY...)
}

// explicit writes the curve out instead of its name: RFC 3279, section 2.3.5.
func (c *curve) explicit() []byte {
	field := func(n *big.Int) []byte { return octets(n.FillBytes(make([]byte, c.size))) }
	return sequence(number(1), sequence(oid("1.2.840.10045.1.1"), positive(c.p)), sequence(field(c.a), field(c.b)),
		octets(c.point(c.gx, c.gy, "")), positive(c.n), number(1))
}

const oidEC = "1.2.840.10045.2.1"

func newEC(stream io.Reader, c *curve) *Key {
	d := c.scalar(stream)
	x, y := c.times(d)
	k := &Key{family: "ec", curve: c, public: c.point(x, y, ""), algo: sequence(oid(oidEC), oid(c.id))}
	k.primary = func(message []byte, s scheme) ([]byte, error) { return c.sign(d, s.digest(message)), nil }
	k.PKCS8 = sequence(number(0), k.algo, octets(sequence(number(1), octets(d.FillBytes(make([]byte, (c.n.BitLen()+7)/8))),
		context(1, bitString(k.public, 0)))))
	k.Signer = ecSigner{c, d}
	switch c.name {
	case "p256", "p384", "p521":
	default:
		k.Forced = true
	}
	return k
}

// formed is the key encoded in another form: explicit, compressed or hybrid.
func (k *Key) formed(form string) *Key {
	out := *k
	if form == "explicit" {
		out.algo = sequence(oid(oidEC), k.curve.explicit())
		return &out
	}
	x := new(big.Int).SetBytes(k.public[1 : 1+k.curve.size])
	y := new(big.Int).SetBytes(k.public[1+k.curve.size:])
	out.public = k.curve.point(x, y, form)
	return &out
}

// An ecSigner is for Go's server, to which every other curve is P-256.
type ecSigner struct {
	c *curve
	d *big.Int
}

func (s ecSigner) Public() crypto.PublicKey {
	switch s.c.name {
	case "p384":
		return &ecdsa.PublicKey{Curve: elliptic.P384()}
	case "p521":
		return &ecdsa.PublicKey{Curve: elliptic.P521()}
	}
	return &ecdsa.PublicKey{Curve: elliptic.P256()}
}

func (s ecSigner) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return s.c.sign(s.d, digest), nil
}
