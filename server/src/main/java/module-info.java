/// Signalbox: one process that keeps coding agents warm and runs their turns in lanes.
///
/// The server runs on the class path, because an AOT cache wants it so; this descriptor makes the
/// compiler check that nothing is used that is not named here.
module dev.signalbox {
  requires com.fasterxml.classmate;
  requires com.fasterxml.jackson.annotation;
  requires com.github.victools.jsonschema.generator;
  requires com.github.victools.jsonschema.module.jackson;
  requires info.picocli;
  requires io.github.javadiffutils;
  requires io.javalin;
  requires java.logging;
  requires java.net.http;
  requires java.sql;
  requires jdk.jfr;
  requires jdk.management;
  requires org.eclipse.jetty.ee10.servlet;
  requires org.eclipse.jetty.ee10.websocket.jetty.server;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.websocket.api;
  requires org.eclipse.jetty.websocket.common;
  requires org.eclipse.jetty.websocket.core.common;
  requires org.eclipse.jetty.websocket.server;
  requires org.jdbi.v3.core;
  requires org.slf4j;
  requires org.xerial.sqlitejdbc;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.toml;
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
}
