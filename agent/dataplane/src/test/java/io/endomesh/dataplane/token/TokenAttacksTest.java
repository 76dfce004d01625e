package io.endomesh.dataplane.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens as attackers write them (RFC 8725, and what broke libraries before). */
class TokenAttacksTest {

  private static final String NAME = "https://issuer.example";
  private static final long NOW = 1_800_000_000L;
  private static final TestIssuer EC = TestIssuer.of("ES256", "ec");
  private static final TestIssuer RSA = TestIssuer.of("RS256", "rsa");
  private static final TestIssuer ED = TestIssuer.of("EdDSA", "ed");
  private static final TestIssuer STRANGER = TestIssuer.of("ES256", "ec");
  private static final String CLAIMS = claims("");
  private static final String HEADER = "{\"alg\":\"ES256\",\"kid\":\"ec\"}";

  private final Issuer issuer =
      new Issuer("RequestAuthentication/shop/people", NAME, List.of("shop"), keys());

  private static KeySet keys() {
    try {
      return KeySet.of(TestIssuer.jwks(EC, RSA, ED));
    } catch (InvalidToken e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of a good token, and what is behind it. */
  private static String claims(String more) {
    return "{\"iss\":\""
        + NAME
        + "\",\"sub\":\"alice\",\"aud\":\"shop\",\"exp\":"
        + (NOW + 300)
        + more
        + "}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
      })
  void algorithm_ofTheStandards_isVerified(String name) throws InvalidToken {
    TestIssuer own = TestIssuer.of(name, "k");
    Issuer rule = new Issuer("p", NAME, List.of("shop"), KeySet.of(own.jwks()));
    assertThat(rule.verify(own.token(CLAIMS), NOW).principal()).isEqualTo(NAME + "/alice");
    String token = own.token(CLAIMS);
    int last = token.lastIndexOf('.') + 10;
    String changed =
        token.substring(0, last)
            + (token.charAt(last) == 'A' ? 'B' : 'A')
            + token.substring(last + 1);
    assertThatThrownBy(() -> rule.verify(changed, NOW)).isInstanceOf(InvalidToken.class);
  }

  static Stream<Arguments> attacks() {
    List<Arguments> all = new ArrayList<>();
    // Algorithms.
    for (String none : List.of("none", "None", "NONE", "nOnE", "", "HS256 ", "RS1", "es256")) {
      String header = "{\"alg\":\"" + none + "\"}";
      all.add(attack("alg " + none + ", unsigned", part(header) + "." + part(CLAIMS) + "."));
      all.add(attack("alg " + none + ", signed", EC.signed(header, CLAIMS)));
    }
    all.add(attack("no alg", EC.signed("{\"kid\":\"ec\"}", CLAIMS)));
    all.add(attack("alg null", EC.signed("{\"alg\":null,\"kid\":\"ec\"}", CLAIMS)));
    all.add(attack("alg a list", EC.signed("{\"alg\":[\"ES256\"],\"kid\":\"ec\"}", CLAIMS)));
    for (String hash : List.of("256", "384", "512")) {
      all.add(attack("HS" + hash + " by the RSA key as text", hmac(hash, RSA.jwk(""))));
      all.add(attack("HS" + hash + " by the RSA key as PEM", hmac(hash, pem())));
      all.add(attack("HS" + hash + " by an empty secret", hmac(hash, "\0")));
    }
    // Keys that a token brings along, or says where to find.
    for (String own :
        List.of(
            ",\"jwk\":" + STRANGER.jwk(""),
            ",\"jku\":\"https://evil.example/jwks\"",
            ",\"x5u\":\"https://evil.example/cert\"",
            ",\"x5c\":[\"MIIB\"]")) {
      all.add(
          attack(
              "key of its own " + own.substring(2, 5),
              STRANGER.signed("{\"alg\":\"ES256\",\"kid\":\"ec\"" + own + "}", CLAIMS)));
    }
    // Key ids.
    for (String kid :
        List.of("../../../dev/null", "/dev/null", "ec' OR '1'='1", "", "EC", "ec ", "%00ec")) {
      all.add(
          attack("kid " + kid, EC.signed("{\"alg\":\"ES256\",\"kid\":\"" + kid + "\"}", CLAIMS)));
    }
    all.add(attack("another's signature", STRANGER.token(CLAIMS)));
    all.add(
        attack("another's signature without kid", STRANGER.signed("{\"alg\":\"ES256\"}", CLAIMS)));
    all.add(attack("EC header, RSA signature", RSA.signed(HEADER, CLAIMS, "RS256")));
    all.add(
        attack(
            "algorithm of another key", RSA.signed("{\"alg\":\"RS256\",\"kid\":\"ec\"}", CLAIMS)));
    all.add(
        attack("crit", EC.signed("{\"alg\":\"ES256\",\"kid\":\"ec\",\"crit\":[\"exp\"]}", CLAIMS)));
    all.add(
        attack(
            "crit b64",
            EC.signed(
                "{\"alg\":\"ES256\",\"kid\":\"ec\",\"b64\":false,\"crit\":[\"b64\"]}", CLAIMS)));
    for (String type : List.of("logout+jwt", "secevent+jwt", "dpop+jwt", "JWE")) {
      all.add(
          attack(
              "typ " + type,
              EC.signed("{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"" + type + "\"}", CLAIMS)));
    }
    // Signatures.
    String good = EC.token(CLAIMS);
    String signed = good.substring(0, good.lastIndexOf('.') + 1);
    all.add(attack("r = s = 0", signed + part(new byte[64])));
    all.add(attack("no signature", signed));
    all.add(attack("a short signature", signed + part(new byte[] {1})));
    all.add(attack("a signature in DER", signed + part(der())));
    all.add(attack("a padded signature", good + "=="));
    all.add(attack("bits behind the signature", otherSpelling(good)));
    all.add(attack("claims changed", replaced(good, claims(",\"admin\":true"))));
    // Forms.
    all.add(attack("nothing", ""));
    all.add(attack("two dots", ".."));
    all.add(attack("two parts", signed.substring(0, signed.length() - 1)));
    all.add(attack("four parts", good + ".e30"));
    all.add(attack("five parts (JWE)", good + ".e30.e30"));
    all.add(attack("white space", " " + good));
    all.add(attack("a line behind", good + "\n"));
    all.add(attack("two tokens", good + "," + good));
    all.add(attack("standard base64", "+/+/" + good));
    all.add(attack("too long", "a".repeat(Jwt.MAX_CHARACTERS) + good));
    all.add(
        attack("deep claims", EC.token(claims(",\"x\":" + "[".repeat(5000) + "]".repeat(5000)))));
    all.add(attack("claims a list", EC.token("[" + CLAIMS + "]")));
    all.add(attack("claims twice", EC.token(CLAIMS + CLAIMS)));
    all.add(
        attack(
            "claims not UTF-8", rawClaims(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'})));
    all.add(attack("a BOM", EC.token("\uFEFF" + CLAIMS)));
    all.add(attack("header not JSON", EC.signed("ES256", CLAIMS)));
    all.add(
        attack(
            "two alg", EC.signed("{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"ec\"}", CLAIMS)));
    // Claims that two readers read differently.
    all.add(attack("two iss", EC.token(claims(",\"iss\":\"" + NAME + "\""))));
    all.add(attack("two sub by an escape", EC.token(claims(",\"\\u0073ub\":\"root\""))));
    all.add(attack("another issuer", EC.token(CLAIMS.replace(NAME, NAME + "/"))));
    all.add(attack("issuer in other case", EC.token(CLAIMS.replace("issuer", "ISSUER"))));
    all.add(
        attack(
            "issuer a list", EC.token(CLAIMS.replace("\"" + NAME + "\"", "[\"" + NAME + "\"]"))));
    all.add(attack("no issuer", EC.token(CLAIMS.replace("\"iss\"", "\"is\""))));
    for (String audience :
        List.of(
            "\"other\"",
            "[]",
            "[\"other\"]",
            "\"shop \"",
            "\"SHOP\"",
            "{\"shop\":1}",
            "[[\"shop\"]]",
            "null")) {
      all.add(attack("aud " + audience, EC.token(CLAIMS.replace("\"shop\"", audience))));
    }
    all.add(attack("no aud", EC.token(CLAIMS.replace("\"aud\"", "\"au\""))));
    // Times.
    String end = String.valueOf(NOW + 300);
    for (String exp :
        List.of(
            "" + (NOW - 61),
            "0",
            "-1",
            "\"" + end + "\"",
            "null",
            "true",
            "1e999",
            "NaN",
            "Infinity",
            "[" + end + "]",
            "0x7fffffff",
            "1e",
            "9".repeat(40))) {
      all.add(attack("exp " + exp, EC.token(CLAIMS.replace(end, exp))));
    }
    all.add(attack("no exp", EC.token(CLAIMS.replace("\"exp\"", "\"ex\""))));
    all.add(attack("nbf to come", EC.token(claims(",\"nbf\":" + (NOW + 61)))));
    all.add(attack("nbf a text", EC.token(claims(",\"nbf\":\"0\""))));
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void token_ofAnAttack_isRefused_andNotQuoted(String attack, String token) {
    assertThatThrownBy(() -> issuer.verify(token, NOW))
        .as(attack)
        .isInstanceOfSatisfying(
            InvalidToken.class,
            refused -> {
              for (String part : token.split("\\.")) {
                if (part.length() > 8) {
                  assertThat(refused.getMessage()).doesNotContain(part);
                }
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"nbf\":1800000060",
        ",\"iat\":1800000000.5",
        ",\"x\":{\"y\":[1,2.5e3,true,null,\"\\u00e9\\n\"]}",
      })
  void token_thatIsGood_isTaken(String more) throws InvalidToken {
    assertThat(issuer.verify(EC.token(claims(more)), NOW).isPresent()).isTrue();
  }

  @Test
  void token_endedLessThanTheSkewAgo_isTaken() throws InvalidToken {
    String token = EC.token(CLAIMS.replace("" + (NOW + 300), "" + (NOW - 59)));
    assertThat(issuer.verify(token, NOW).isPresent()).isTrue();
  }

  @Test
  void audience_oneOfSeveral_isTaken() throws InvalidToken {
    String token = EC.token(CLAIMS.replace("\"shop\"", "[\"other\",\"shop\"]"));
    assertThat(issuer.verify(token, NOW).isPresent()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[1]}",
        "{\"keys\":[]} x",
        "{\"keys\":[],\"keys\":[]}",
        // No RSA key of today: 512 bits, then an exponent of one, then an even one.
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}",
        // Points that are on no curve.
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}]}",
      })
  void keys_thatAreNone_areRefused(String jwks) {
    assertThatThrownBy(() -> KeySet.of(jwks)).isInstanceOf(InvalidToken.class);
  }

  @Test
  void keys_withAnExponentThatProtectsNothing_areRefused() {
    String weak = RSA.jwk("").replace("\"e\":\"AQAB\"", "\"e\":\"AQ\"");
    assertThatThrownBy(() -> KeySet.of("{\"keys\":[" + weak + "]}"))
        .hasMessageContaining("exponent");
  }

  @Test
  void keys_ofOtherUses_verifyNothing() throws InvalidToken {
    KeySet keys =
        KeySet.of(
            "{\"keys\":["
                + EC.jwk(",\"use\":\"enc\"")
                + ","
                + RSA.jwk(",\"alg\":\"RSA-OAEP\"")
                + ",{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"},{\"kty\":\"EC\",\"crv\":\"secp256k1\"}]}");
    assertThat(keys.size()).isZero();
  }

  @Test
  void key_forOneAlgorithm_verifiesNoOther() throws InvalidToken {
    KeySet keys = KeySet.of("{\"keys\":[" + RSA.jwk(",\"alg\":\"PS256\"") + "]}");
    Issuer rule = new Issuer("p", NAME, List.of(), keys);
    assertThatThrownBy(() -> rule.verify(RSA.token(CLAIMS), NOW)).isInstanceOf(InvalidToken.class);
    String pss = RSA.signed("{\"alg\":\"PS256\",\"kid\":\"rsa\"}", CLAIMS, "PS256");
    assertThat(rule.verify(pss, NOW).isPresent()).isTrue();
  }

  @Test
  void noKeys_refuseEveryToken() {
    Issuer rule = new Issuer("p", NAME, List.of(), KeySet.EMPTY);
    assertThatThrownBy(() -> rule.verify(EC.token(CLAIMS), NOW))
        .hasMessage("no key of its issuer is known");
  }

  private static Arguments attack(String name, String token) {
    return Arguments.of(name, token);
  }

  private static String part(String text) {
    return TestIssuer.encoded(text);
  }

  private static String part(byte[] bytes) {
    return TestIssuer.encoded(bytes);
  }

  private static String hmac(String hash, String secret) {
    String text = part("{\"alg\":\"HS" + hash + "\",\"kid\":\"rsa\"}") + "." + part(CLAIMS);
    try {
      Mac mac = Mac.getInstance("HmacSHA" + hash);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HMAC"));
      return text + "." + part(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem() {
    RSAPublicKey key = (RSAPublicKey) RSA.key().getPublic();
    return "-----BEGIN PUBLIC KEY-----\n"
        + java.util.Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private static byte[] der() {
    try {
      java.security.Signature signing = java.security.Signature.getInstance("SHA256withECDSA");
      signing.initSign(EC.key().getPrivate());
      signing.update((part(HEADER) + "." + part(CLAIMS)).getBytes(StandardCharsets.US_ASCII));
      return signing.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of 64 bytes the last character holds two bits that are none of them. */
  private static String otherSpelling(String token) {
    String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = digits.indexOf(token.charAt(token.length() - 1));
    return token.substring(0, token.length() - 1) + digits.charAt(last + 1);
  }

  private static String replaced(String token, String claims) {
    return token.substring(0, token.indexOf('.') + 1)
        + part(claims)
        + token.substring(token.lastIndexOf('.'));
  }

  private static String rawClaims(byte[] claims) {
    String text = part(HEADER) + "." + part(claims);
    return text + "." + part(TestIssuer.sign("ES256", EC.key().getPrivate(), text));
  }
}
