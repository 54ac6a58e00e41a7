// Certificates that a test makes for itself, valid from the previous to the next day unless the test says otherwise.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace logsniffd::test {

struct Pem {
  std::string certificate;
  std::string key;
};

struct CertificateOptions {
  std::string names = "DNS:localhost,IP:127.0.0.1";  // in the form of subjectAltName in openssl.cnf
  int begins_in_days = -1;
  int ends_in_days = 1;
};

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name)
      : key_(new_key()), certificate_(blank(name, key_.get(), {{}, -2, 2})) {
    extend("basicConstraints", "critical,CA:TRUE");
    if (::X509_sign(certificate_.get(), key_.get(), ::EVP_sha256()) == 0) std::abort();
  }

  [[nodiscard]] std::string certificate() const { return pem(certificate_.get()); }

  [[nodiscard]] Pem issue(const std::string& name, const CertificateOptions& options = {}) const {
    const Key key = new_key();
    const Certificate made = blank(name, key.get(), options);
    ::X509_set_issuer_name(made.get(), ::X509_get_subject_name(certificate_.get()));
    extend(made.get(), "subjectAltName", options.names);
    if (::X509_sign(made.get(), key_.get(), ::EVP_sha256()) == 0) std::abort();
    return {pem(made.get()), pem(key.get())};
  }

 private:
  template <auto Free>
  struct Deleter {
    template <class T>
    void operator()(T* object) const {
      Free(object);
    }
  };
  using Key = std::unique_ptr<EVP_PKEY, Deleter<&::EVP_PKEY_free>>;
  using Certificate = std::unique_ptr<X509, Deleter<&::X509_free>>;

  static Key new_key() { return Key(::EVP_EC_gen("P-256")); }

  static Certificate blank(const std::string& name, EVP_PKEY* key, const CertificateOptions& options) {
    constexpr long kDay = 24 * 60 * 60;
    static long serial = 1;
    Certificate made(::X509_new());
    ::X509_set_version(made.get(), X509_VERSION_3);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), serial++);
    ::X509_gmtime_adj(::X509_getm_notBefore(made.get()), options.begins_in_days * kDay);
    ::X509_gmtime_adj(::X509_getm_notAfter(made.get()), options.ends_in_days * kDay);
    X509_NAME* const subject = ::X509_get_subject_name(made.get());
    ::X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                                 -1, 0);
    ::X509_set_issuer_name(made.get(), subject);
    ::X509_set_pubkey(made.get(), key);
    return made;
  }

  static void extend(X509* certificate, const std::string& name, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, Deleter<&::X509_EXTENSION_free>> extension(
        ::X509V3_EXT_conf(nullptr, nullptr, name.c_str(), value.c_str()));
    if (!extension || ::X509_add_ext(certificate, extension.get(), -1) == 0) std::abort();
  }
  void extend(const std::string& name, const std::string& value) const { extend(certificate_.get(), name, value); }

  static std::string text(BIO* bio) {
    char* bytes = nullptr;
    const long size = ::BIO_ctrl(bio, BIO_CTRL_INFO, 0, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
  }
  static std::string pem(X509* certificate) {
    const std::unique_ptr<BIO, Deleter<&::BIO_free>> bio(::BIO_new(::BIO_s_mem()));
    ::PEM_write_bio_X509(bio.get(), certificate);
    return text(bio.get());
  }
  static std::string pem(EVP_PKEY* key) {
    const std::unique_ptr<BIO, Deleter<&::BIO_free>> bio(::BIO_new(::BIO_s_mem()));
    ::PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return text(bio.get());
  }

  Key key_;
  Certificate certificate_;
};

// The same private key, protected by a passphrase.
inline std::string with_passphrase(const std::string& key_pem) {
  const std::unique_ptr<BIO, decltype(&::BIO_free)> in(
      ::BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())), &::BIO_free);
  const std::unique_ptr<BIO, decltype(&::BIO_free)> out(::BIO_new(::BIO_s_mem()), &::BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(
      ::PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &::EVP_PKEY_free);
  const std::string phrase = "open sesame";
  ::PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), ::EVP_aes_128_cbc(), phrase.data(),
                                  static_cast<int>(phrase.size()), nullptr, nullptr);
  char* bytes = nullptr;
  const long size = ::BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace logsniffd::test
