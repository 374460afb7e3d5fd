package install

import (
	"fmt"
	"strings"
)

// Say gives a step's text in a language: "ja", or English for any other. The
// lines of a step are the same in every language.
func (s Step) Say(lang string) string {
	if lang == "ja" {
		if text, ok := japaneseOf(s.Text); ok {
			return text
		}
	}
	return s.Text
}

// japaneseOf finds the twin of a text. A few hold a value of the job, such as a
// thumbprint.
func japaneseOf(text string) (string, bool) {
	if ja, ok := japanese[text]; ok {
		return ja, true
	}
	for _, o := range openTexts {
		before, rest, found := strings.Cut(text, o.begin)
		value, ends := strings.CutSuffix(rest, o.end)
		base, known := japanese[before]
		if found && ends && (known || before == "") {
			return base + fmt.Sprintf(o.japanese, value), true
		}
	}
	return "", false
}

// openTexts are the texts, or ends of texts, around a value of the job.
var openTexts = []struct{ begin, end, japanese string }{
	{"Replace the site's certificate: Properties, Directory Security, Server Certificate, Replace the current certificate. " +
		"Its thumbprint is ", ".",
		"サイトの証明書を置き換えます。プロパティ、ディレクトリ セキュリティ、サーバー証明書、「現在の証明書を置き換える」の順に選びます。拇印は %s です。"},
	{" The configuration cannot hold this folder's name: copy ", " to /etc/ssl first.",
		"この設定ファイルにはフォルダー名を書けないので、先に %s を /etc/ssl にコピーしてください。"},
}

var japanese = map[string]string{
	// Apache httpd, nginx, HAProxy, Caddy, Envoy, Traefik
	"In the site's <VirtualHost>, name the new file; take SSLCertificateChainFile out. " +
		"SSLCertificateKeyFile stays as it is.": "サイトの <VirtualHost> に新しいファイルを指定し、SSLCertificateChainFile を削除します。SSLCertificateKeyFile はそのままです。",
	"In the site's <VirtualHost>, name the new file; take SSLCertificateChainFile out. SSLCertificateKeyFile stays as it is. " +
		"Apache takes ${...} in a path for a variable: copy the files to a path without a $ and name " +
		"that.": "サイトの <VirtualHost> に新しいファイルを指定し、SSLCertificateChainFile を削除します。SSLCertificateKeyFile はそのままです。Apache はパス内の ${...} " +
		"を変数とみなすため、$ を含まない場所にコピーして指定してください。",
	"Before Apache 2.4.8, leave SSLCertificateFile as it is, and name the issuers' file instead " +
		"(SSLCertificateChainFile):": "Apache 2.4.8 より前では SSLCertificateFile はそのままにし、中間 CA 証明書のファイルを SSLCertificateChainFile に指定します。",
	"Look whether the configuration is right, and reload. Nothing is served anew before " +
		"that.": "設定が正しいことを確認し、再読み込みします。それまで新しい証明書は使われません。",
	"Look whether the configuration is right, and reload:": "設定が正しいことを確認し、再読み込みします。",
	"In the site's server block, name the new file; ssl_certificate_key stays as it " +
		"is.": "サイトの server ブロックに新しいファイルを指定します。ssl_certificate_key はそのままです。",
	"In the site's server block, name the new file; ssl_certificate_key stays as it is. " +
		"nginx takes a $ in a path for a variable: copy the file to a path without one and name " +
		"that.": "サイトの server ブロックに新しいファイルを指定します。ssl_certificate_key はそのままです。nginx はパス内の $ を変数とみなすため、$ を含まない場所にコピーして指定してください。",
	"HAProxy wants the private key beside the certificates, in a file with .key behind the name. " +
		"Copy the key of the certificate there, for root's eyes only (or call fix with --key, " +
		"which puts it into the same file).": "HAProxy は秘密鍵を証明書と同じ場所の、名前に .key を付けたファイルから読みます。root だけが読めるように鍵をコピーしてください (fix に " +
		"--key を付けると同じファイルに入ります)。",
	"In the frontend, name the file:": "frontend にファイルを指定します。",
	"Caddy gets certificates by itself, chain and all, and needs this only for one that you bring. " +
		"In the site's block of the Caddyfile:": "Caddy は証明書をチェーンごと自動で取得します。自分で用意した証明書の場合だけ、Caddyfile のサイトのブロックに書きます。",
	"Reload:": "再読み込みします。",
	"In the listener's DownstreamTlsContext, name the file as certificate_chain; " +
		"private_key stays as it is.": "リスナーの DownstreamTlsContext の certificate_chain にファイルを指定します。private_key はそのままです。",
	"Envoy reads a static configuration at its start only: restart it (a certificate that comes by SDS is read anew when its " +
		"file is moved into place).": "Envoy は静的な設定を起動時にだけ読むため、再起動します (SDS の証明書は、ファイルを置き換えると読み直されます)。",
	"In a file of the dynamic configuration; Traefik sees the change by itself:": "動的設定のファイルに書きます。Traefik は変更を自動で検出します。",

	// IIS, Exchange
	"Copy the files to the server. In an administrator's command prompt, in their folder, " +
		"install each issuer separately:": "ファイルをサーバーにコピーし、管理者のコマンド プロンプトでそのフォルダーに移動して、中間 CA 証明書を 1 つずつインストールします。",
	"If the certificate has vanished from the list of server certificates, its private key is not linked to it. " +
		"Link it by its thumbprint:": "サーバー証明書の一覧から証明書が消えた場合は、秘密鍵が紐づいていません。拇印を指定して紐づけます。",
	"If that fails, the key is not on this machine: make a new request (CSR) there and have the certificate " +
		"reissued.": "失敗する場合は、このコンピューターに秘密鍵がありません。CSR を作り直し、証明書を再発行してもらってください。",
	"Bind the certificate again: IIS Manager, the site, Bindings, https, Edit, choose another certificate and OK, " +
		"then this one and OK. IIS cannot set intermediates per site: it picks from the store, " +
		"so this fixes all sites of the machine.": "証明書のバインドを再設定します。IIS マネージャーでサイト、バインド、https、編集を選び、別の証明書を選んで OK、次にこの証明書を選んで OK " +
		"とします。IIS は中間 CA 証明書をサイトごとに設定できず、ストアから自動で選ぶため、これでコンピューター上のすべてのサイトが直ります。",
	"If it is not in effect after that, restart IIS, or at last the server. " +
		"(After a renewal that installed no intermediate no restart is needed, " +
		"unless a warning shows.)": "それでも反映されない場合は、IIS を、最後にはサーバーを再起動します (中間 CA 証明書をインストールしない更新では、警告が出ない限り再起動は不要です)。",
	"The set has a cross-certificate. If the server does not send it, a self-signed root with the same name and key is in " +
		"Trusted Root Certification Authorities, and Windows builds the chain to that one. Look for it (or in MMC, " +
		"Certificates of the computer account):": "この組にはクロスルート証明書があります。サーバーが送らない場合は、同じ名前と鍵の自己署名ルートが「信頼されたルート証明機関」にあり、Windows " +
		"がそちらへチェーンを作っています。次のコマンド、または MMC (コンピューター アカウントの証明書) で確認してください。",
	"If it is there, remove it and bind the site's certificate again. Windows' automatic root update may bring it back: " +
		"then bar it by group policy on this server.": "ある場合は削除し、サイトの証明書のバインドを再設定します。Windows のルートの自動更新で戻ることがあり、その場合はこのサーバーのグループ ポリシーで止めてください。",
	"To give other IIS servers the same certificate, import the PFX file there (it asks for its " +
		"password):": "他の IIS にも同じ証明書を入れるには、そこで PFX ファイルをインポートします (パスワードを求められます)。",
	"If the site shows a pending request, the certificate cannot be replaced. Delete a pending request that is not needed: " +
		"the site's Properties, Directory Security, Server Certificate, Delete the pending " +
		"request.": "「保留中の要求」があると証明書を置き換えられません。不要な要求は、サイトのプロパティ、ディレクトリ セキュリティ、サーバー証明書、「保留中の要求を削除する」の順に選んで削除します。",
	"A dummy site that was made for the renewal's request may go once the certificate is replaced.": "更新の要求のために作ったダミーサイトは、証明書の置き換えが済めば削除できます。",
	"Restart:":                        "再起動します。",
	"Have the services take it anew:": "サービスに割り当て直します。",
	"Restart what serves it:":         "提供しているサービスを再起動します。",
	"In the Exchange Management Shell, import the certificate with its key (it asks for the password of the PFX " +
		"file):": "Exchange 管理シェルで、証明書を秘密鍵と一緒にインポートします (PFX ファイルのパスワードを求められます)。",

	// Tomcat, iPlanet, BIG-IP
	"Say which keystore Tomcat reads and under which alias the key is (`keytool -list -keystore ...` shows it as " +
		"PrivateKeyEntry):": "Tomcat が読むキーストアと、鍵の別名を指定します (`keytool -list -keystore ...` で PrivateKeyEntry と表示されるもの)。",
	"Import each issuer separately, the topmost first:": "中間 CA 証明書を、最上位のものから 1 つずつインポートします。",
	"Then the server's certificate with its issuers, under the alias of its key, " +
		"which links them:": "次に、サーバー証明書を中間 CA 証明書と一緒に、鍵と同じ別名でインポートします。これで結びつきます。",
	"A connector that reads PEM files takes instead, in its <SSLHostConfig>, " +
		"the full chain as certificateFile:": "PEM ファイルを読むコネクターでは、代わりに <SSLHostConfig> の certificateFile にチェーン全体のファイルを指定します。",
	"The PKCS #12 file holds key and chain. Name it in server.xml, in the <SSLHostConfig> of the connector, " +
		"with the password that you gave:": "PKCS #12 ファイルには鍵とチェーンが入っています。server.xml のコネクターの <SSLHostConfig> に、設定したパスワードと一緒に指定します。",
	"Install each certificate separately, as a certificate chain. In the administration console: Certificates, " +
		"Certificate Authorities, Install, \"Certificate chain\". By command (version " +
		"7):": "証明書を 1 つずつ、証明書チェーンとしてインストールします。管理コンソールでは、証明書、認証局、インストール、「証明書チェーン」の順に選びます。コマンドの場合 (バージョン 7):",
	"Or straight into the server's NSS database:": "または、サーバーの NSS データベースに直接入れます。",
	"Deploy and restart the instance:":            "設定を配備し、インスタンスを再起動します。",
	"Copy the files to /var/tmp of the BIG-IP and install the issuers as one file, " +
		"in order:": "ファイルを BIG-IP の /var/tmp にコピーし、中間 CA 証明書を順番どおりの 1 つのファイルとしてインストールします。",
	"Say which client SSL profile serves the site, and name the file as its chain (the GUI: Local Traffic, Profiles, SSL, " +
		"Client, Certificate Key Chain):": "サイトで使うクライアント SSL プロファイルを指定し、チェーンにこのファイルを設定します (GUI では Local Traffic、Profiles、SSL、Client、" +
		"Certificate Key Chain)。",

	// Kubernetes, AWS
	"Put the chain into the secret that the Ingress or Gateway names; its key stays (put your own name and namespace). " +
		"Controllers see the change by themselves.": "Ingress や Gateway が参照する Secret にチェーンを入れます。鍵はそのままです (名前と名前空間は自分のものにしてください)。" +
		"コントローラーは変更を自動で検出します。",
	"Where cert-manager made the secret it writes it anew: fix the issuer's chain there " +
		"instead.": "cert-manager が作った Secret は書き直されるため、発行元のチェーンの方を直してください。",
	"Write the secret that the Ingress or Gateway names (put your own name and " +
		"namespace):": "Ingress や Gateway が参照する Secret を書き込みます (名前と名前空間は自分のものにしてください)。",
	"A certificate that ACM issued brings its chain along: nothing is to be done. " +
		"One that was imported is imported again under its ARN, with the chain; " +
		"load balancers take it within minutes:": "ACM が発行した証明書はチェーンも自動で付くため、作業は不要です。インポートした証明書は、同じ ARN にチェーンと一緒に再インポートします。ロードバランサーには数分で反映されます。",

	// Postfix, Dovecot
	"Name the file; the key's line stays as it is. (Where smtpd_tls_chain_files is set, it goes before this line: " +
		"put the new file there, behind the key's.)": "ファイルを指定します。鍵の行はそのままです (smtpd_tls_chain_files がある場合はそちらが優先されるので、鍵のファイルの後ろに新しいファイルを書きます)。",
	"If a TLSA record of the kind 2 x x names your root for DANE, call fix with --with-root: " +
		"mail servers that check it need the root to be sent (RFC 7672 section " +
		"3.1.2).": "DANE の TLSA レコード (2 x x) がルートを指している場合は、fix に --with-root を付けてください。検証するメールサーバーにはルートも送る必要があります (RFC 7672 3.1.2)。",
	"In conf.d/10-ssl.conf; the < is part of it:": "conf.d/10-ssl.conf に書きます。< も含めます。",

	"Look again, from another machine if you can:":                              "できれば別のコンピューターから、もう一度確認します。",
	"Look again, from another machine if you can (HOST is your server's name):": "できれば別のコンピューターから、もう一度確認します (HOST はサーバーの名前です)。",
}
