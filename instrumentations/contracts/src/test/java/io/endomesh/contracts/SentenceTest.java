package io.endomesh.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentenceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "call_hostOfTheMesh_reachesItWithoutDns | call, host of the mesh: reaches it without DNS",
        "routeWithWeights_splitsCallsByThem     | route with weights: splits calls by them",
        "caller_notAllowed_isRefusedWith403     | caller, not allowed: is refused with 403",
        "a_b_c_d                                | a, b, c: d",
        "clientThatPrefersHttp2_isServed        | client that prefers HTTP/2: is served",
        "task_onAThread_seesTheCallersContext   | task, on a thread: sees the caller's context",
        "streams                                | streams",
      })
  void of_testName_readsAsASentence(String name, String sentence) {
    assertThat(Sentence.of(name)).isEqualTo(sentence);
  }
}
