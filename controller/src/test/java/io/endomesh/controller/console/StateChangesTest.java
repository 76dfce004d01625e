package io.endomesh.controller.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class StateChangesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String STATE =
      """
      {'sequence':7,'status':{'now':'10:00','revision':4},
       'services':[{'id':'shop/a','rate':1,'ports':[1]},{'id':'shop/b','rate':2,'ports':[2]}],
       'workloads':[{'serviceId':'shop/a','instance':'a-1','since':'x'}],
       'graph':{'nodes':[{'id':'shop/a'}],'edges':[{'id':'a>b','stats':{'rate':1}}]},
       'traces':[],'refusals':{},'resources':[{'kind':'K','namespace':'n','name':'x','revision':1}]}
      """;

  @Test
  void between_nothingButTheTime_isTheTime() throws Exception {
    assertThat(change("10:00", "10:01"))
        .isEqualTo(json("{'sequence':8,'since':7,'status':{'now':'10:01'},'lists':{}}"));
  }

  @Test
  void between_fieldOfAnEntry_isThatFieldAndTheKey() throws Exception {
    assertThat(change("'rate':2", "'rate':3").get("lists"))
        .isEqualTo(json("{'services':{'changed':[{'rate':3,'id':'shop/b'}]}}"));
    assertThat(change("'since':'x'", "'since':'y'").get("lists"))
        .isEqualTo(
            json(
                "{'workloads':{'changed':[{'since':'y','serviceId':'shop/a','instance':'a-1'}]}}"));
  }

  @Test
  void between_entryThatCame_isWhole_andOnesThatWentAreNotAmongTheKeys() throws Exception {
    assertThat(change("'shop/b','rate':2", "'shop/c','rate':2").get("lists"))
        .isEqualTo(
            json(
                "{'services':{'entries':[{'id':'shop/c','rate':2,'ports':[2]}],"
                    + "'keys':['shop/a','shop/c']}}"));
  }

  @Test
  void between_entryWithAFieldLess_isWhole() throws Exception {
    assertThat(change(",'rate':1,'ports'", ",'ports'").get("lists"))
        .isEqualTo(json("{'services':{'entries':[{'id':'shop/a','ports':[1]}]}}"));
  }

  @Test
  void between_tracesAndRefusals_areWhole() throws Exception {
    assertThat(change("'traces':[]", "'traces':[{'traceId':'1'}]").get("traces"))
        .isEqualTo(JSON.readTree("[{\"traceId\":\"1\"}]"));
  }

  private static ObjectNode change(String what, String to) throws Exception {
    assertThat(STATE).contains(what);
    ObjectNode change =
        StateChanges.between(
            json(STATE), json(STATE.replace("'sequence':7", "'sequence':8").replace(what, to)));
    return (ObjectNode) JSON.readTree(change.toString());
  }

  private static ObjectNode json(String text) throws Exception {
    return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
  }
}
