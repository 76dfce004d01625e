package io.endomesh.instrumentation.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** An answer whose headers the mesh changed. */
final class ChangedAnswer implements Answer {

  private static final String SET_COOKIE = "set-cookie";

  private final JdkAnswer answer;
  private final Map<String, List<String>> changes;
  private final HeadFields head = new HeadFields();

  /**
   * @param changes by name in lower case, all values of each; none removes it
   */
  ChangedAnswer(JdkAnswer answer, Map<String, List<String>> changes) {
    this.answer = answer;
    this.changes = changes;
    String value = answer.field(0);
    for (int i = 0; value != null; value = answer.field(++i)) {
      String key = answer.key(i);
      if (key == null || !changes.containsKey(key.toLowerCase(Locale.ROOT))) {
        head.add(key, value);
      }
    }
    changes.forEach((name, values) -> values.forEach(each -> head.add(name, each)));
  }

  @Override
  public int status() throws IOException {
    return answer.status();
  }

  @Override
  public @Nullable String key(int index) {
    return head.key(index);
  }

  @Override
  public @Nullable String field(int index) {
    return head.value(index);
  }

  @Override
  public @Nullable String field(String name) {
    return head.value(name);
  }

  @Override
  public Map<String, List<String>> fields() {
    return head.map();
  }

  @Override
  public InputStream body() throws IOException {
    return answer.body();
  }

  @Override
  public @Nullable InputStream errorBody() {
    return answer.errorBody();
  }

  @Override
  public void delivered() throws IOException {
    answer.delivered(changes.get(SET_COOKIE));
  }

  @Override
  public void drop() {
    answer.drop();
  }

  @Override
  public void disconnect() {
    answer.disconnect();
  }

  @Override
  public boolean usedProxy() {
    return answer.usedProxy();
  }

  @Override
  public @Nullable HttpsURLConnection secured() {
    return answer.secured();
  }
}
