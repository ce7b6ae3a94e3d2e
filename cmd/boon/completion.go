package main

import (
	"fmt"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (c *completionCmd) Help() string {
	return "Example: boon completion bash > /etc/bash_completion.d/boon"
}

func (c *completionCmd) Run(con *console) error {
	words := completions(con.parser.Model.Node, "")
	switch c.Shell {
	case "fish":
		return fishScript(con, words)
	case "zsh":
		fmt.Fprintln(con.out, "#compdef boon\nautoload -U +X bashcompinit && bashcompinit")
	}
	return bashScript(con, words)
}

// completions maps each command path ("", "ledger", "ledger verify") to the words that may follow it.
func completions(n *kong.Node, path string) map[string][]string {
	all := map[string][]string{}
	var here []string
	for _, child := range n.Children {
		if child.Hidden {
			continue
		}
		here = append(here, child.Name)
		for p, w := range completions(child, strings.TrimSpace(path+" "+child.Name)) {
			all[p] = w
		}
	}
	for _, f := range n.Flags {
		here = append(here, "--"+f.Name)
	}
	all[path] = here
	return all
}

func bashScript(con *console, words map[string][]string) error {
	fmt.Fprintln(con.out, "_boon() {\n  local cur=${COMP_WORDS[COMP_CWORD]} path=\"\" word\n  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case $word in -*) ;; *) path=\"$path $word\" ;; esac\n  done\n  case \"${path# }\" in")
	for _, p := range byLength(words) {
		fmt.Fprintf(con.out, "  %q*) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", p, strings.Join(words[p], " "))
	}
	_, err := fmt.Fprintln(con.out, "  esac\n  [[ $cur == -* || ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _boon boon")
	return err
}

func fishScript(con *console, words map[string][]string) error {
	for _, p := range byLength(words) {
		condition := "__fish_use_subcommand"
		if p != "" {
			condition = "__fish_seen_subcommand_from " + strings.Fields(p)[len(strings.Fields(p))-1]
		}
		for _, w := range words[p] {
			if flag, ok := strings.CutPrefix(w, "--"); ok {
				fmt.Fprintf(con.out, "complete -c boon -n %q -l %s\n", condition, flag)
				continue
			}
			fmt.Fprintf(con.out, "complete -c boon -n %q -a %s\n", condition, w)
		}
	}
	return nil
}

// byLength lists the paths longest first, so that the more particular one matches first.
func byLength(words map[string][]string) []string {
	paths := make([]string, 0, len(words))
	for p := range words {
		paths = append(paths, p)
	}
	sort.Slice(paths, func(i, j int) bool {
		if len(paths[i]) != len(paths[j]) {
			return len(paths[i]) > len(paths[j])
		}
		return paths[i] < paths[j]
	})
	return paths
}
