package io.endomesh.xds.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.external.CheckServer.Change;
import io.endomesh.dataplane.external.CheckServer.Change.How;
import io.endomesh.dataplane.external.CheckServer.Verdict;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.QueryParameter;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckMessagesTest {

  private static final int PERMISSION_DENIED = 7;

  @Test
  void question_isReadByEnvoysMessagesAsItWas() throws Exception {
    CheckServer.Question question =
        new CheckServer.Question(
            "10.0.0.7",
            "spiffe://td/ns/shop/sa/orders",
            "spiffe://td/ns/shop/sa/web",
            8080,
            1_700_000_000_123L,
            "id-7",
            "POST",
            "/a?b=ü",
            "web:8080",
            "http",
            "HTTP/2",
            Map.of("x-role", "user,admin", "content-length", "12"));

    AttributeContext read = CheckRequest.parseFrom(CheckMessages.request(question)).getAttributes();

    assertThat(read.getSource().getPrincipal()).isEqualTo("spiffe://td/ns/shop/sa/orders");
    assertThat(read.getSource().getAddress().getSocketAddress().getAddress()).isEqualTo("10.0.0.7");
    assertThat(read.getDestination().getPrincipal()).isEqualTo("spiffe://td/ns/shop/sa/web");
    assertThat(read.getDestination().getAddress().getSocketAddress().getPortValue())
        .isEqualTo(8080);
    assertThat(read.getRequest().getTime().getSeconds()).isEqualTo(1_700_000_000L);
    assertThat(read.getRequest().getTime().getNanos()).isEqualTo(123_000_000);
    AttributeContext.HttpRequest http = read.getRequest().getHttp();
    assertThat(http.getId()).isEqualTo("id-7");
    assertThat(http.getMethod()).isEqualTo("POST");
    assertThat(http.getPath()).isEqualTo("/a?b=ü");
    assertThat(http.getHost()).isEqualTo("web:8080");
    assertThat(http.getScheme()).isEqualTo("http");
    assertThat(http.getProtocol()).isEqualTo("HTTP/2");
    assertThat(http.getSize()).isEqualTo(12);
    assertThat(http.getHeadersMap())
        .containsExactlyInAnyOrderEntriesOf(Map.of("x-role", "user,admin", "content-length", "12"));
  }

  @Test
  void question_ofACallerWithoutIdentity_hasNone_andASizeThatIsNotKnownIsMinusOne()
      throws Exception {
    CheckServer.Question question =
        new CheckServer.Question(null, null, null, 0, 0, "", "GET", "/", "", "http", "", Map.of());

    AttributeContext read = CheckRequest.parseFrom(CheckMessages.request(question)).getAttributes();

    assertThat(read.getSource().getPrincipal()).isEmpty();
    assertThat(read.getRequest().getHttp().getSize()).isEqualTo(-1);
  }

  private static HeaderValueOption option(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .build();
  }

  private static Verdict verdict(CheckResponse.Builder response)
      throws InvalidProtocolBufferException {
    return CheckMessages.verdict(response.build().toByteArray());
  }

  private static Verdict ok(OkHttpResponse.Builder ok) throws InvalidProtocolBufferException {
    return verdict(CheckResponse.newBuilder().setOkResponse(ok));
  }

  private static Verdict denied(DeniedHttpResponse.Builder denied)
      throws InvalidProtocolBufferException {
    return verdict(
        CheckResponse.newBuilder()
            .setStatus(Status.newBuilder().setCode(PERMISSION_DENIED))
            .setDeniedResponse(denied));
  }

  @Test
  @SuppressWarnings("deprecation") // What servers send.
  void allowed_setsUnlessItSaysOtherwise() throws Exception {
    Verdict verdict =
        ok(
            OkHttpResponse.newBuilder()
                .addHeadersToRemove("X-Gone")
                .addHeaders(option("X-User", "ann"))
                .addHeaders(option("x-a", "1").toBuilder().setAppend(BoolValue.of(true)))
                .addHeaders(option("x-s", "1").toBuilder().setAppend(BoolValue.of(false)))
                .addHeaders(
                    option("x-b", "2").toBuilder()
                        .setAppendAction(HeaderAppendAction.ADD_IF_ABSENT))
                .addHeaders(
                    option("x-c", "3").toBuilder()
                        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS))
                .addResponseHeadersToAdd(option("X-Told", "yes"))
                .addResponseHeadersToAdd(option("x-split", "a\r\nb: c"))
                .addResponseHeadersToAdd(option("content-length", "1")));

    assertThat(verdict)
        .isEqualTo(
            new Verdict.Allowed(
                List.of("x-gone"),
                List.of(
                    new Change(How.SET, "x-user", "ann"),
                    new Change(How.APPEND, "x-a", "1"),
                    new Change(How.SET, "x-s", "1"),
                    new Change(How.ADD_IF_ABSENT, "x-b", "2"),
                    new Change(How.SET_IF_THERE, "x-c", "3")),
                List.of(new Reply.Header("x-told", "yes"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host",
        "Host",
        ":path",
        ":authority",
        "connection",
        "Transfer-Encoding",
        "content-length",
        "te",
        "upgrade",
        "grpc-timeout",
        "x y",
        "x\r\ny",
        "",
        "é"
      })
  void allowed_thatChangesWhatIsNotItsToChange_isOfNoUse(String name) throws Exception {
    assertThat(ok(OkHttpResponse.newBuilder().addHeaders(option(name, "1"))))
        .isInstanceOf(Verdict.Unusable.class);
    assertThat(ok(OkHttpResponse.newBuilder().addHeadersToRemove(name)))
        .isInstanceOf(Verdict.Unusable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nx-admin: 1", "a\nb", "a\rb", "a\u0000b", "a\u007fb", "é"})
  void allowed_withAValueThatIsNoneOfAHeader_isOfNoUse(String value) throws Exception {
    Verdict verdict = ok(OkHttpResponse.newBuilder().addHeaders(option("x-user", value)));
    assertThat(verdict)
        .isEqualTo(new Verdict.Unusable("headers: the value of x-user is none of a header"));
  }

  @Test
  void allowed_withQueryParameters_isOfNoUse() throws Exception {
    assertThat(ok(OkHttpResponse.newBuilder().addQueryParametersToRemove("debug")))
        .isInstanceOf(Verdict.Unusable.class);
    assertThat(
            ok(
                OkHttpResponse.newBuilder()
                    .addQueryParametersToSet(QueryParameter.newBuilder().setKey("a"))))
        .isInstanceOf(Verdict.Unusable.class);
  }

  @Test
  void allowed_withoutDetails_isPlain() throws Exception {
    assertThat(CheckMessages.verdict(new byte[0])).isEqualTo(Verdict.Allowed.PLAINLY);
  }

  @Test
  void denied_hasWhatTheProviderSays_butForWhatIsTheServersOwn() throws Exception {
    DeniedHttpResponse.Builder denied =
        DeniedHttpResponse.newBuilder()
            .setStatus(HttpStatus.newBuilder().setCodeValue(302))
            .addHeaders(option("Location", "https://login/"))
            .addHeaders(option("set-cookie", "a=1"))
            .addHeaders(option("set-cookie", "b=2"))
            .addHeaders(option("location", "x\r\nset-cookie: s=1"))
            .addHeaders(option("content-length", "7"))
            .addHeaders(option("x-endomesh-decided-by", "nobody"))
            .setBody("moved");

    assertThat(denied(denied))
        .isEqualTo(
            new Verdict.Denied(
                302,
                List.of(
                    new Reply.Header("location", "https://login/"),
                    new Reply.Header("set-cookie", "a=1"),
                    new Reply.Header("set-cookie", "b=2")),
                "moved"));
  }

  @Test
  void denied_withoutDetails_is403_andSoIsAStatusThatIsNone() throws Exception {
    Verdict plain = new Verdict.Denied(403, List.of(), "");
    assertThat(denied(DeniedHttpResponse.newBuilder())).isEqualTo(plain);
    for (int status : new int[] {-1, 0, 100, 101, 199, 600, 99_999}) {
      assertThat(
              denied(
                  DeniedHttpResponse.newBuilder()
                      .setStatus(HttpStatus.newBuilder().setCodeValue(status))))
          .isEqualTo(plain);
    }
  }

  @Test
  void denied_withABodyThatIsHuge_orWhereNoneMayBe_hasNone() throws Exception {
    assertThat(denied(DeniedHttpResponse.newBuilder().setBody("x".repeat(65_537))))
        .isEqualTo(new Verdict.Denied(403, List.of(), ""));
    assertThat(
            denied(
                DeniedHttpResponse.newBuilder()
                    .setStatus(HttpStatus.newBuilder().setCodeValue(304))
                    .setBody("x")))
        .isEqualTo(new Verdict.Denied(304, List.of(), ""));
  }
}
