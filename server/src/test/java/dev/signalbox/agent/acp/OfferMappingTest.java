package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Offers;
import dev.signalbox.agent.Offers.Choice;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OfferMappingTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void configOptionsAreReadByCategory() {
    var offers =
        offers(
            """
            {'configOptions':[
              {'id':'m','name':'Model','category':'model','type':'select','currentValue':'b',
               'options':[{'value':'a','name':'A'},{'value':'b','name':'B','description':'bee'}]},
              {'id':'e','name':'Effort','category':'thought_level','type':'select','currentValue':'low',
               'options':[{'value':'low','name':'Low'}]},
              {'id':'mo','name':'Mode','category':'mode','type':'select','currentValue':'plan',
               'options':[{'value':'plan','name':'plan'}]},
              {'id':'provider','name':'Provider','type':'select','currentValue':'x','options':[]}]}
            """);
    assertThat(offers)
        .isEqualTo(
            new Offers(
                List.of(new Choice("a", "A", null), new Choice("b", "B", "bee")),
                "b",
                List.of(new Choice("plan", "plan", null)),
                "plan",
                List.of(new Choice("low", "Low", null)),
                "low"));
  }

  @Test
  void groupsOfOptionsAreFlat() {
    var offers =
        offers(
            """
            {'configOptions':[{'id':'model','name':'Model','type':'select','currentValue':'a',
              'options':[{'group':'g','name':'G','options':[{'value':'a','name':'A'}]},
                         {'group':'h','name':'H','options':[{'value':'b','name':'B'}]}]}]}
            """);
    assertThat(offers.models()).extracting(Choice::id).containsExactly("a", "b");
  }

  @Test
  void theOlderWayIsReadToo() {
    var offers =
        offers(
            """
            {'models':{'currentModelId':'m1','availableModels':[{'modelId':'m1','name':'One','description':null}]},
             'modes':{'currentModeId':'ask','availableModes':[{'id':'ask','name':'Ask'}]}}
            """);
    assertThat(offers)
        .isEqualTo(
            new Offers(
                List.of(new Choice("m1", "One", null)),
                "m1",
                List.of(new Choice("ask", "Ask", null)),
                "ask",
                null,
                null));
  }

  @Test
  void whereAnAgentTellsBothTheOptionsCount() {
    var offers =
        offers(
            """
            {'models':{'currentModelId':'old','availableModels':[]},
             'configOptions':[{'id':'model','name':'M','category':'model','type':'select','currentValue':'new','options':[]}]}
            """);
    assertThat(offers.model()).isEqualTo("new");
  }

  @Test
  void anAgentThatSaysNothingOffersNothing() {
    assertThat(offers("{}")).isEqualTo(Offers.NONE);
    assertThat(offers("null")).isEqualTo(Offers.NONE);
  }

  @Test
  void aLaterMessageChangesOnlyWhatItNames() {
    var before = new Offers(List.of(), "m", List.of(), "a", null, null);
    var later = new Offers(null, null, null, "b", null, null);
    assertThat(OfferMapping.merged(before, later))
        .isEqualTo(new Offers(List.of(), "m", List.of(), "b", null, null));
  }

  private static Offers offers(String text) {
    JsonNode node = JSON.readTree(text.replace('\'', '"'));
    return OfferMapping.offers(node);
  }
}
