package io.endomesh.instrumentation.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.ProtocolException;
import java.net.URL;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What the application holds for an https URL of the mesh: {@link MeshUrlConnection} in the type
 * that it expects, with what it says of TLS. As thread-safe as that.
 */
public final class MeshHttpsUrlConnection extends HttpsURLConnection {

  private final MeshUrlConnection mesh;

  MeshHttpsUrlConnection(MeshUrlConnection mesh) {
    super(mesh.getURL());
    this.mesh = mesh;
    mesh.secureBy(() -> new AppTls(getSSLSocketFactory(), getHostnameVerifier()));
  }

  /** As the JDK says it, before there is an answer, and of one that the mesh made. */
  private HttpsURLConnection answered() {
    HttpsURLConnection secured = mesh.secured();
    if (secured == null) {
      throw new IllegalStateException("connection not yet open");
    }
    return secured;
  }

  @Override
  public String getCipherSuite() {
    return answered().getCipherSuite();
  }

  @Override
  public Certificate @Nullable [] getLocalCertificates() {
    return answered().getLocalCertificates();
  }

  @Override
  public Certificate[] getServerCertificates() throws SSLPeerUnverifiedException {
    return answered().getServerCertificates();
  }

  @Override
  public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
    return answered().getPeerPrincipal();
  }

  @Override
  public @Nullable Principal getLocalPrincipal() {
    return answered().getLocalPrincipal();
  }

  @Override
  public Optional<SSLSession> getSSLSession() {
    return answered().getSSLSession();
  }

  @Override
  public URL getURL() {
    return mesh.getURL();
  }

  @Override
  public void connect() {
    mesh.connect();
    connected = true;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    connected = true;
    return mesh.getOutputStream();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    connected = true;
    return mesh.getInputStream();
  }

  @Override
  public @Nullable InputStream getErrorStream() {
    return mesh.getErrorStream();
  }

  @Override
  public void disconnect() {
    responseCode = -1;
    mesh.disconnect();
  }

  @Override
  public boolean usingProxy() {
    return mesh.usingProxy();
  }

  @Override
  public @Nullable String getHeaderField(@Nullable String name) {
    return mesh.getHeaderField(name);
  }

  @Override
  public @Nullable String getHeaderField(int index) {
    return mesh.getHeaderField(index);
  }

  @Override
  public @Nullable String getHeaderFieldKey(int index) {
    return mesh.getHeaderFieldKey(index);
  }

  @Override
  public Map<String, List<String>> getHeaderFields() {
    return mesh.getHeaderFields();
  }

  @Override
  public void setRequestMethod(String name) throws ProtocolException {
    mesh.setRequestMethod(name);
  }

  @Override
  public String getRequestMethod() {
    return mesh.getRequestMethod();
  }

  @Override
  public void setRequestProperty(String name, @Nullable String value) {
    mesh.setRequestProperty(name, value);
  }

  @Override
  public void addRequestProperty(String name, @Nullable String value) {
    mesh.addRequestProperty(name, value);
  }

  @Override
  public @Nullable String getRequestProperty(@Nullable String name) {
    return mesh.getRequestProperty(name);
  }

  @Override
  public Map<String, List<String>> getRequestProperties() {
    return mesh.getRequestProperties();
  }

  @Override
  public void setInstanceFollowRedirects(boolean follow) {
    mesh.setInstanceFollowRedirects(follow);
  }

  @Override
  public boolean getInstanceFollowRedirects() {
    return mesh.getInstanceFollowRedirects();
  }

  @Override
  public void setAuthenticator(Authenticator chosen) {
    mesh.setAuthenticator(chosen);
  }

  @Override
  public void setFixedLengthStreamingMode(int length) {
    mesh.setFixedLengthStreamingMode(length);
  }

  @Override
  public void setFixedLengthStreamingMode(long length) {
    mesh.setFixedLengthStreamingMode(length);
  }

  @Override
  public void setChunkedStreamingMode(int length) {
    mesh.setChunkedStreamingMode(length);
  }

  @Override
  public void setConnectTimeout(int timeout) {
    mesh.setConnectTimeout(timeout);
  }

  @Override
  public int getConnectTimeout() {
    return mesh.getConnectTimeout();
  }

  @Override
  public void setReadTimeout(int timeout) {
    mesh.setReadTimeout(timeout);
  }

  @Override
  public int getReadTimeout() {
    return mesh.getReadTimeout();
  }

  @Override
  public void setDoInput(boolean does) {
    mesh.setDoInput(does);
  }

  @Override
  public boolean getDoInput() {
    return mesh.getDoInput();
  }

  @Override
  public void setDoOutput(boolean does) {
    mesh.setDoOutput(does);
  }

  @Override
  public boolean getDoOutput() {
    return mesh.getDoOutput();
  }

  @Override
  public void setAllowUserInteraction(boolean allow) {
    mesh.setAllowUserInteraction(allow);
  }

  @Override
  public boolean getAllowUserInteraction() {
    return mesh.getAllowUserInteraction();
  }

  @Override
  public void setUseCaches(boolean uses) {
    mesh.setUseCaches(uses);
  }

  @Override
  public boolean getUseCaches() {
    return mesh.getUseCaches();
  }

  @Override
  public void setIfModifiedSince(long millis) {
    mesh.setIfModifiedSince(millis);
  }

  @Override
  public long getIfModifiedSince() {
    return mesh.getIfModifiedSince();
  }
}
