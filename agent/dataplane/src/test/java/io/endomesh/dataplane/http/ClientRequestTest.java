package io.endomesh.dataplane.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What libraries share of reading a request, and of the mesh's own answers. */
class ClientRequestTest {

  private final Fake request =
      new Fake(Map.of("x-mine", List.of("a", "b"), "cookie", List.of("own=1")));

  @Test
  void header_writtenSeveralTimes_isOne() {
    assertThat(request.header("x-mine")).isEqualTo("a,b");
    assertThat(request.header("x-other")).isNull();
  }

  @Test
  void cookies_addedByTheLibrary_areSeenBehindThoseWritten() {
    assertThat(request.header("cookie")).isEqualTo("own=1; stored=2");
    assertThat(request.header("cookie")).isEqualTo("own=1; stored=2");
    assertThat(request.asked).as("the store is asked once a call").isEqualTo(1);
  }

  @Test
  void headers_changed_goOutWithTheNextAttempt_untilItIsOver() {
    request.addHeader("x-mine", "c");
    request.setHeader("x-new", "1");
    request.removeHeader("cookie");
    request.setHeader("content-length", "7");

    assertThat(request.changedHeaders())
        .isEqualTo(
            Map.of("x-mine", List.of("a", "b", "c"), "x-new", List.of("1"), "cookie", List.of()));
    assertThat(request.header("x-mine")).isEqualTo("a,b,c");

    request.restore();
    assertThat(request.changedHeaders()).isEmpty();
  }

  @Test
  void target_rewritten_isEncodedWhereItMustBe() {
    request.rewriteTarget("/new 100%/a%20b/ü?q=[1]&r=/");
    assertThat(request.sentTarget()).isEqualTo("/new%20100%25/a%20b/%C3%BC?q=[1]&r=/");

    request.restore();
    assertThat(request.sentTarget()).isNull();
  }

  @Test
  void host_isRewrittenAsAHeaderOrAsItself() {
    request.setHeader("host", "one");
    assertThat(request.sentAuthority()).isEqualTo("one");

    request.rewriteAuthority("two:80");
    assertThat(request.sentAuthority()).isEqualTo("two:80");
    assertThat(request.changedHeaders()).isEmpty();
  }

  @Test
  void localAnswer_hasItsTextAndWhoDecided() {
    Reply reply = new Reply(418, 2, "täa", "R/default/r", List.of(new Reply.Header("x-a", "1")));

    LocalAnswer answer = LocalAnswer.of(reply, "GET");

    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.body()).asString().isEqualTo("täa");
    assertThat(answer.headers())
        .containsEntry("x-a", List.of("1"))
        .containsEntry("Content-Type", List.of("text/plain; charset=utf-8"))
        .containsEntry("content-length", List.of("4"))
        .containsEntry(Reply.DECIDED_BY_HEADER, List.of("R/default/r"));
  }

  @Test
  void localAnswer_toHead_orWithoutContent_hasNoBody() {
    assertThat(LocalAnswer.of(Reply.forbidden("no", "r"), "HEAD").body()).isEmpty();
    assertThat(LocalAnswer.of(new Reply(204, 2, "no", "r"), "GET").body()).isEmpty();
  }

  private static final class Fake extends ClientRequest {
    private final Map<String, List<String>> written;
    private int asked;

    Fake(Map<String, List<String>> written) {
      super(Set.of("content-length"));
      this.written = written;
    }

    @Override
    protected List<String> written(String name) {
      return written.getOrDefault(name, List.of());
    }

    @Override
    protected List<String> storedCookies() {
      asked++;
      return List.of("stored=2");
    }

    @Override
    public String authority() {
      return "orders";
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public boolean replayable() {
      return true;
    }
  }
}
