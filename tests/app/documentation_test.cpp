#include <gmock/gmock.h>

#include <fstream>

#include "app/cli/command_tree.h"
#include "tests/app/program.h"
#include "tests/support/temp_directory.h"

// The manual and the completion are made of the commands' definitions.
namespace app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(ManPage, DocumentsEveryCommandAndOption) {
  const std::string page = assay({"man"}).out;
  for (const char* text : {".SS \"assay serve\"", ".SS \"assay zone rrset put\"", "\\-\\-client\\-key",
                           "ASSAY_SERVER", ".SH \"EXIT STATUS\""}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST(ManPage, EscapesWhatTroffWouldReadAsItsOwn) {
  CommandNode program;
  program.path = "assay";
  program.description = "one";
  CommandNode command;
  command.path = "assay x";
  command.description = ".dot and \\back";
  program.commands.push_back(command);
  EXPECT_THAT(man_page(program), HasSubstr("\\&.dot and \\eback.\n"));
}

TEST(ManPage, HoldsOnlyAscii) {
  const std::string page = assay({"man"}).out;
  EXPECT_TRUE(std::all_of(page.begin(), page.end(), [](unsigned char c) { return c < 0x80; }));
}

// What bash offers for the last of these words.
std::string completed(const std::string& words) {
  const support::TempDirectory directory;
  const auto script = directory.path() / "completion";
  std::ofstream(script) << assay({"completion", "bash"}).out;
  const Ended ended = run({"bash", "-c",
                           "source " + script.string() + "; COMP_WORDS=(" + words +
                               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _assay; echo \"${COMPREPLY[*]}\""});
  EXPECT_EQ(ended.err, "");
  return ended.out;
}

TEST(Completion, OffersSubCommands) {
  EXPECT_EQ(completed("assay zo"), "zone\n");
  EXPECT_EQ(completed("assay zone rrset p"), "put\n");
}

TEST(Completion, OffersTheOptionsOfTheCommandAndItsGroup) {
  EXPECT_EQ(completed("assay zone rrset put --t"), "--token-file --ttl\n");
  EXPECT_EQ(completed("assay serve --c"), "--check --config\n");
  EXPECT_EQ(completed("assay serve --server"), "\n");
}

TEST(Completion, FindsTheCommandBehindOptions) {
  EXPECT_EQ(completed("assay zone --state s cr"), "create\n");
}

TEST(Completion, OfZshIsBashs) {
  EXPECT_EQ(assay({"completion", "zsh"}).out,
            "autoload -U +X bashcompinit && bashcompinit\n" + assay({"completion", "bash"}).out);
}

TEST(Completion, OfFishHasARuleForEachCommandAndOption) {
  const std::string script = assay({"completion", "fish"}).out;
  EXPECT_THAT(
      script,
      HasSubstr("complete -c assay -n '__assay_at \"assay zone\"' -f -a create -d 'Create a zone'\n"));
  EXPECT_THAT(script, HasSubstr("complete -c assay -n '__assay_below \"assay zone\"' -l token-file -r -d "));
  EXPECT_THAT(script, HasSubstr("The SOA\\'s RNAME"));
}

TEST(Completion, IsForShellsThatAreKnown) { EXPECT_EQ(assay({"completion", "tcsh"}).exit_code, 2); }

}  // namespace
}  // namespace app
