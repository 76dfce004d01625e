package io.endomesh.controller.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The script by which fish completes, from the model of the commands. Stateless. */
final class FishCompletion {

  private FishCompletion() {}

  static void write(CommandLine root, PrintWriter out) {
    String name = root.getCommandName();
    // The words that are no options, as far as they are commands: where in the tree the line is.
    out.printf(
        """
        function __%1$s_at
          set -l words (commandline -opc)
          set -e words[1]
          set -l line (string join ' ' -- (string match -v -- '-*' $words))
          if test -z "$argv[1]"; or test "$argv[2]" = exact
            test "$line" = "$argv[1]"
          else
            string match -q -- "$argv[1] *" "$line "
          end
        end
        complete -c %1$s -f
        """,
        name);
    write(name, "", root, out);
  }

  private static void write(String name, String path, CommandLine command, PrintWriter out) {
    for (Map.Entry<String, CommandLine> sub : command.getSubcommands().entrySet()) {
      CommandLine child = sub.getValue();
      if (child.getCommandSpec().usageMessage().hidden()) {
        continue;
      }
      out.printf(
          "complete -c %s -n '__%s_at %s exact' -a %s -d %s%n",
          name, name, quoted(path, "\""), sub.getKey(), quoted(description(child), "'"));
      write(name, (path + " " + sub.getKey()).strip(), child, out);
    }
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        out.print("complete -c " + name + " -n '__" + name + "_at " + quoted(path, "\"") + "'");
        for (String one : option.names()) {
          out.print(one.startsWith("--") ? " -l " + one.substring(2) : " -s " + one.substring(1));
        }
        if (option.arity().max() > 0) {
          out.print(values(option));
        }
        out.println(" -d " + quoted(first(option.description()), "'"));
      }
    }
    for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
      String values = candidates(parameter);
      if (!values.isEmpty()) {
        out.printf(
            "complete -c %s -n '__%s_at %s' -a %s%n",
            name, name, quoted(path, "\""), quoted(values, "'"));
      }
    }
  }

  private static String values(OptionSpec option) {
    String candidates = candidates(option);
    if (!candidates.isEmpty()) {
      return " -x -a " + quoted(candidates, "'");
    }
    // A file is what fish offers of itself.
    return option.paramLabel().equals("FILE") ? " -r -F" : " -x";
  }

  private static String candidates(ArgSpec of) {
    Iterable<String> candidates = of.completionCandidates();
    return candidates == null ? "" : String.join(" ", candidates).toLowerCase(Locale.ROOT);
  }

  private static String description(CommandLine command) {
    return first(command.getCommandSpec().usageMessage().description());
  }

  private static String first(String[] lines) {
    return lines.length == 0 ? "" : lines[0].replace("%%", "%").replaceAll("\\$\\{[^}]*}", "…");
  }

  private static String quoted(String text, String quote) {
    String safe = text.replace("\\", "\\\\").replace(quote, "\\" + quote);
    return quote + safe + quote;
  }
}
