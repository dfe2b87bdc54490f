/// A model that says what the test tells it to. [ScriptedModel] is an HTTP server on loopback that
/// speaks the interfaces of real model providers, so that a real agent can be driven with no key
/// and no network. The script, a list of [ModelTurn]s, travels inside the prompt; nothing is kept
/// between two requests but the record of what was asked, so any number of agents may use one
/// server at once. One dialect is one class; it knows wire shapes and nothing of scripts, pace or
/// faults.
@NullMarked
package dev.signalbox.testkit.model;

import org.jspecify.annotations.NullMarked;
