/** Apache Tomcat's NIO connector as a server of the mesh. */
@NullMarked
package io.endomesh.instrumentation.tomcat;

import org.jspecify.annotations.NullMarked;
